// One request that waits for its answer: its promise, its deadline, its signal. Settles once and lets go of everything.
import { RequestError } from './errors.js'
import { invalidData } from './fault.js'
import type { RequestOptions, Timers } from './options.js'
import type { Schema } from './schema.js'

export interface Waiting {
  readonly event: string
  readonly reply: Schema | undefined
  readonly timeout: number
  readonly signal: RequestOptions['signal']
  readonly clock: Timers
  /** It has settled: nobody waits for the answer any more. */
  onSettled(): void
}

/** The longest delay of a timer; longer ones would fire at once. */
const MAX_DELAY = 2 ** 31 - 1

export class PendingRequest {
  readonly promise: Promise<unknown>
  /** It waits for a connection. */
  isKept = false
  readonly #waiting: Waiting
  readonly #onAbort = (): void => this.reject(this.#waiting.signal?.reason)
  readonly #timer: unknown
  #settle: { resolve(value: unknown): void; reject(reason: unknown): void } | undefined

  constructor(waiting: Waiting) {
    this.#waiting = waiting
    this.promise = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    const { timeout, clock, signal } = waiting
    if (timeout <= MAX_DELAY) this.#timer = clock.setTimeout(() => this.#onTimeout(), timeout)
    signal?.addEventListener('abort', this.#onAbort)
  }

  /** The reply has come: it still has to fit its schema. */
  resolve(data: unknown): void {
    const settle = this.#release()
    if (settle !== undefined) settle.resolve(checkReply(this.#waiting, data))
  }

  reject(reason: unknown): void {
    this.#release()?.reject(reason)
  }

  #onTimeout(): void {
    const { event, timeout } = this.#waiting
    this.reject(new RequestError('WS_ERR_REQUEST_TIMEOUT', `'${event}' was not answered within ${timeout} ms`))
  }

  #release(): { resolve(value: unknown): void; reject(reason: unknown): void } | undefined {
    const settle = this.#settle
    if (settle === undefined) return undefined
    this.#settle = undefined
    if (this.#timer !== undefined) this.#waiting.clock.clearTimeout(this.#timer)
    this.#waiting.signal?.removeEventListener('abort', this.#onAbort)
    this.#waiting.onSettled()
    return settle
  }
}

async function checkReply({ event, reply }: Waiting, data: unknown): Promise<unknown> {
  if (reply === undefined) return data
  const result = await reply['~standard'].validate(data)
  if (result.issues === undefined) return result.value
  const { message, issues } = invalidData(result.issues, data)
  const answer = { message, code: 'invalid-data', issues }
  throw new RequestError('WS_ERR_REQUEST_REPLY', `the reply to '${event}' does not fit its schema: ${message}`, answer)
}
