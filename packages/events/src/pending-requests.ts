// The requests to one peer that wait for their answers. Knows how to ask and whose answer has come, not how it travels.
import { ERROR, type Envelope, REPLY, serializeEnvelope } from './envelope.js'
import { type ErrorData, RequestError, usageError } from './errors.js'
import type { EventId } from './event-id.js'
import { isSchema } from './event-map.js'
import type { RequestOptions } from './options.js'
import { PendingRequest } from './pending-request.js'
import { receivedErrorData } from './received-error.js'
import { type RequestSettings, checkTimeout } from './request-settings.js'
import type { Schema } from './schema.js'

/** What is asked. */
export interface Question {
  readonly event: string
  readonly data: unknown
  readonly options: RequestOptions | undefined
  /** @returns false when it was neither sent nor kept */
  send(text: string): boolean | void
  /** There is no connection: what is sent now waits for the next one. */
  readonly isKept?: boolean
}

export class PendingRequests {
  readonly #settings: RequestSettings
  readonly #byId = new Map<EventId, PendingRequest>()
  #lastId = 0

  constructor(settings: RequestSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#byId.size
  }

  /** @returns what is replied; rejects with a RequestError, the signal's reason, or a UsageError */
  async ask({ event, data, options = {}, send, isKept = false }: Question): Promise<unknown> {
    const { timeout = this.#settings.timeout, signal } = options
    this.#check(event, timeout)
    signal?.throwIfAborted()
    const id = ++this.#lastId
    const text = serializeEnvelope({ event, data, id })
    const request = this.#wait(id, { event, timeout, signal })
    request.isKept = isKept
    try {
      if (send(text) === false) request.reject(closed())
    } catch (error) {
      request.reject(error)
    }
    return request.promise
  }

  #check(event: string, timeout: number): void {
    if (event === REPLY || event === ERROR) throw usageError('WS_ERR_EVENT_NAME', `'${event}' answers requests: it cannot be one`)
    checkTimeout(timeout)
    const { maxPendingRequests } = this.#settings
    if (this.size < maxPendingRequests) return
    throw new RequestError('WS_ERR_REQUEST_LIMIT', `${maxPendingRequests} requests wait for their answers already`)
  }

  #wait(id: EventId, { event, timeout, signal }: { event: string; timeout: number; signal: AbortSignal | undefined }): PendingRequest {
    const { clock, outgoing } = this.#settings
    const onSettled = (): void => void this.#byId.delete(id)
    const request = new PendingRequest({ event, reply: replySchema(outgoing, event), timeout, signal, clock, onSettled })
    this.#byId.set(id, request)
    return request
  }

  /** @returns false when nobody waits for this answer, or not any more */
  settle({ event, data, id }: Envelope): boolean {
    const request = id === undefined ? undefined : this.#byId.get(id)
    if (request === undefined) return false
    if (event === REPLY) request.resolve(data)
    else request.reject(refused(receivedErrorData(data)))
    return true
  }

  /** The connection has ended: nobody answers any more what it was given. */
  rejectSent(): void {
    for (const request of this.#byId.values()) if (!request.isKept) request.reject(unconfirmed())
  }

  /** There is a connection for what was kept. */
  sendKept(): void {
    for (const request of this.#byId.values()) request.isKept = false
  }

  /** It was kept, and will not be sent. */
  drop({ id }: Envelope): void {
    if (id !== undefined) this.#byId.get(id)?.reject(closed())
  }
}

function replySchema(outgoing: RequestSettings['outgoing'], event: string): Schema | undefined {
  const entry = Object.hasOwn(outgoing, event) ? outgoing[event] : undefined
  return entry === undefined || isSchema(entry) ? undefined : entry.reply
}

function closed(): RequestError {
  return new RequestError('WS_ERR_REQUEST_CLOSED', 'there was no connection: the request was not sent')
}

function unconfirmed(): RequestError {
  return new RequestError('WS_ERR_REQUEST_UNCONFIRMED', 'the connection ended before the answer came')
}

function refused(answer: ErrorData): RequestError {
  return new RequestError('WS_ERR_REQUEST_REFUSED', answer.message, answer)
}
