// The events of one channel, as a client has it: what the other side says, and what is said to it. Knows neither core nor
// node: it runs in browsers.
import { dispatch, type Origin } from './dispatch.js'
import { type Envelope, isAnswer, readEnvelope, serializeError, serializeEvent } from './envelope.js'
import type { EventError } from './errors.js'
import type { EventId } from './event-id.js'
import type { DataArguments, EventMap, EventName, HandlerResult, ReceivedData, RequestReply, SentData } from './event-map.js'
import { Fault, INTERNAL_ERROR } from './fault.js'
import { HandlerTable } from './handler-table.js'
import type { ChannelEventOptions, RequestOptions, Timers } from './options.js'
import { PendingRequests } from './pending-requests.js'
import { resolveRequestSettings } from './request-settings.js'

/** All that is needed of a client: a WebSocket gets it in three lines. */
export interface Channel {
  /** Does not throw. @returns false when it is not open */
  send(text: string): boolean | void
  /** Whatever is not a string is none of our business. */
  onMessage(listener: (message: unknown) => void): void
  /** May happen several times, where a client reconnects. */
  onClose(listener: () => void): void
}

/** One that keeps what is sent while there is no connection for the next one. */
export interface KeepingChannel extends Channel {
  /** Whether what is sent goes to a connection now. */
  readonly isOpen: boolean
  /** What was kept goes out. */
  onOpen(listener: () => void): void
  /** What was kept will not go out. */
  onDropped(listener: (message: unknown) => void): void
}

/** Called with what the other side sent: the output of the schema. What it returns is the reply. */
export type ChannelEventHandler<Entry> = (data: ReceivedData<Entry>) => HandlerResult<Entry>

const globalTimers: Timers = {
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
}

/** Made by defineEvents(). */
export class ChannelEvents<Incoming extends EventMap, Outgoing extends EventMap> {
  readonly #channel: Channel & Partial<KeepingChannel>
  readonly #table: HandlerTable
  readonly #pending: PendingRequests
  readonly #onError: ((error: unknown) => void) | undefined
  /** How many connections have ended: an answer belongs to the one that asked. */
  #ended = 0
  /** The handlers of the events so far. */
  #settled: Promise<void> | undefined

  /** @internal */
  constructor(channel: Channel & Partial<KeepingChannel>, incoming: Incoming, options: ChannelEventOptions<Outgoing>) {
    this.#channel = channel
    this.#table = new HandlerTable(incoming)
    this.#pending = new PendingRequests(resolveRequestSettings(options, options.clock ?? globalTimers))
    this.#onError = options.onError
    channel.onMessage((message) => this.#onMessage(message))
    channel.onClose(() => this.#onClose())
    channel.onOpen?.(() => this.#pending.sendKept())
    channel.onDropped?.((message) => this.#onDropped(message))
  }

  /**
   * Adds a handler. Handlers run in order: the next event waits until the promise that this one returns has settled.
   * @throws UsageError for an event that defineEvents() was not told of
   */
  on<Event extends EventName<Incoming>>(event: Event, handler: ChannelEventHandler<Incoming[Event]>): this {
    this.#table.add(event, handler)
    return this
  }

  off<Event extends EventName<Incoming>>(event: Event, handler: ChannelEventHandler<Incoming[Event]>): this {
    this.#table.remove(event, handler)
    return this
  }

  /** @returns false when it was neither sent nor kept for the next connection */
  send<Event extends EventName<Outgoing>>(event: Event, ...[data]: DataArguments<SentData<Outgoing[Event]>>): boolean {
    return this.#channel.send(serializeEvent(event, data)) !== false
  }

  /**
   * Asks the other side. What a client keeps while there is no connection is asked on the next one.
   * @returns what it replies; rejects with a RequestError, or with the reason of `signal`
   */
  request<Event extends EventName<Outgoing>>(
    event: Event,
    ...[data, options]: DataArguments<SentData<Outgoing[Event]>, RequestOptions>
  ): Promise<RequestReply<Outgoing[Event]>> {
    const send = (text: string): boolean | void => this.#channel.send(text)
    return this.#pending.ask({ event, data, options, send, isKept: this.#channel.isOpen === false }) as Promise<RequestReply<Outgoing[Event]>>
  }

  #onClose(): void {
    this.#ended++
    this.#pending.rejectSent()
  }

  #onDropped(message: unknown): void {
    const envelope = typeof message === 'string' ? readEnvelope(message) : undefined
    if (envelope !== undefined && !(envelope instanceof Fault) && !isAnswer(envelope)) this.#pending.drop(envelope)
  }

  #onMessage(message: unknown): void {
    if (typeof message !== 'string') return
    const envelope = readEnvelope(message)
    if (envelope instanceof Fault) this.#refuse(envelope, undefined)
    else if (isAnswer(envelope)) this.#pending.settle(envelope)
    else this.#onEvent(envelope, this.#origin())
  }

  #onEvent(envelope: Envelope, origin: Origin): void {
    if (this.#settled === undefined) this.#track(this.#dispatch(envelope, origin))
    else this.#track(this.#settled.then(() => this.#dispatch(envelope, origin)))
  }

  #track(settled: void | Promise<void>): void {
    if (settled === undefined) return
    this.#settled = settled
    void settled.then(() => {
      if (this.#settled === settled) this.#settled = undefined
    })
  }

  /** An event that nobody here knows is no fault: servers may say more than this client wants to hear. */
  #dispatch(envelope: Envelope, origin: Origin): void | Promise<void> {
    if (envelope.id === undefined && this.#table.find(envelope.event) === undefined) return
    return dispatch(this.#table, envelope, origin)
  }

  /** On another connection, the same id is another question: what was asked on one that has ended is not answered. */
  #origin(): Origin {
    const ended = this.#ended
    const answer = (text: string): void => void (ended === this.#ended && this.#channel.send(text))
    return {
      call: (handler, data) => (handler as (data: unknown) => unknown)(data),
      reply: answer,
      refuse: (error, id) => this.#refuse(error, id, answer),
      onFailure: (error) => this.#onFailure(error),
    }
  }

  /** Only who asked is told; of the rest, our own handlers' failures have been reported already. */
  #refuse(error: EventError, id: EventId | undefined, answer?: (text: string) => void): void {
    if (id !== undefined) answer?.(serializeError(error, id))
    else if (error.code !== INTERNAL_ERROR) this.#onError?.(error)
  }

  #onFailure(error: unknown): void {
    if (this.#onError === undefined) void Promise.reject(error)
    else this.#onError(error)
  }
}
