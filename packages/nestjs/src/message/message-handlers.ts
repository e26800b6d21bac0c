// The message handlers of one connection, as Nest hands them over: finds those of an event, runs them, sends what they return.
import type { WsMessageHandler } from '@nestjs/common'
import { fromEvent, isObservable, type Observable, take, takeUntil } from 'rxjs'
import type { Exchange } from './exchange.js'

type Transform = (result: unknown) => Observable<unknown>

interface Bound {
  readonly callback: WsMessageHandler['callback']
  readonly transform: Transform
}

/** What a handler is called with: Nest adds the connection before it and the pattern behind it. */
type Arguments = [data: unknown, event: string, exchange: Exchange]

export class MessageHandlers {
  readonly #bound = new Map<string, Bound[]>()
  readonly #isFeed: (event: string) => boolean

  /** @param isFeed whether an event is answered by a feed, which nobody waits for */
  constructor(isFeed: (event: string) => boolean) {
    this.#isFeed = isFeed
  }

  get size(): number {
    return this.#bound.size
  }

  /** Several gateways on one path may handle the same event. */
  add(handlers: readonly WsMessageHandler[], transform: Transform): void {
    for (const { message, callback } of handlers) this.#bound.set(message, [...(this.#bound.get(message) ?? []), { callback, transform }])
  }

  /** @returns undefined when nobody handles this event; otherwise settles when the next message may have its turn, and never rejects */
  run(event: string, data: unknown, exchange: Exchange): Promise<void> | undefined {
    const bound = this.#bound.get(event)
    return bound && this.#runAll(bound, [data, event, exchange])
  }

  async #runAll(bound: readonly Bound[], args: Arguments): Promise<void> {
    for (const handler of bound) await this.#runOne(handler, args)
  }

  async #runOne({ callback, transform }: Bound, args: Arguments): Promise<void> {
    const [, event, exchange] = args
    try {
      const result: unknown = await callback(...args)
      if (!isObservable(result)) return exchange.reply(result)
      const first = sendAll(transform(result), exchange)
      if (!this.#isFeed(event)) await first
    } catch (error) {
      exchange.fail(error)
    }
  }
}

/**
 * Sends all that an observable emits while the connection lives.
 * @returns settles at its first value or its end: an answer keeps its place
 */
function sendAll(results: Observable<unknown>, exchange: Exchange): Promise<void> {
  const { signal } = exchange
  return new Promise((resolve) => {
    const next = (value: unknown): void => { exchange.reply(value); resolve() }
    const error = (cause: unknown): void => { exchange.fail(cause); resolve() }
    // Behind an interceptor the handler has not run yet: it does, even when nobody is left to be answered
    const limited = signal.aborted ? results.pipe(take(1)) : results.pipe(takeUntil(fromEvent(signal, 'abort')))
    limited.subscribe({ next, error, complete: resolve })
  })
}
