// The events of an endpoint: what its connections say, and what is said to them. The rules are dispatch.ts and
// pending-requests.ts; here they meet core.
import type { Connection, MessageKind, WebSocketEndpoint } from '@tocsin/core'
import { type Origin, dispatch } from './dispatch.js'
import { ERROR, isAnswer, readEnvelope, serializeError, serializeEvent } from './envelope.js'
import { type EventError, RequestError } from './errors.js'
import type { EventId } from './event-id.js'
import type { DataArguments, EventMap, EventName, HandlerResult, ReceivedData, RequestReply, SentData } from './event-map.js'
import { Fault } from './fault.js'
import { HandlerTable } from './handler-table.js'
import type { EndpointEventOptions, EventMessageOptions, EventSendOptions, RequestOptions } from './options.js'
import { PendingRequests } from './pending-requests.js'
import { type RequestSettings, resolveRequestSettings } from './request-settings.js'

/** Called with a connection and what it sent: the output of the schema. What it returns is the reply. */
export type EndpointEventHandler<Data, Entry> = (connection: Connection<Data>, data: ReceivedData<Entry>) => HandlerResult<Entry>

const CONNECTION_GONE: ReadonlySet<string> = new Set(['WS_ERR_REQUEST_CLOSED', 'WS_ERR_REQUEST_UNCONFIRMED'])

type Message = Parameters<Parameters<WebSocketEndpoint['intercept']>[0]>[1]

/** What has happened since defineEvents(). */
export interface EventStats {
  /** Messages that were answered with an error. */
  readonly refused: number
  /** Errors of handlers that their senders know as 'internal-error'. */
  readonly failed: number
  /** Answers that came too late, or that nobody had asked for. */
  readonly ignoredAnswers: number
}

/** Made by defineEvents(). Every method that sends throws a TypeError for what JSON cannot hold. */
export class EndpointEvents<Data, Incoming extends EventMap, Outgoing extends EventMap> {
  readonly #endpoint: WebSocketEndpoint<Data>
  readonly #table: HandlerTable
  readonly #settings: RequestSettings
  readonly #ignoresBinary: boolean
  readonly #counters = { refused: 0, failed: 0, ignoredAnswers: 0 }
  readonly #pending = new WeakMap<Connection<Data>, PendingRequests>()

  /** @internal */
  constructor(endpoint: WebSocketEndpoint<Data>, incoming: Incoming, options: EndpointEventOptions<Outgoing>) {
    this.#endpoint = endpoint
    this.#table = new HandlerTable(incoming)
    this.#settings = resolveRequestSettings(options, endpoint.runtime.clock)
    this.#ignoresBinary = options.binary === 'ignore'
    endpoint.intercept((connection, message, kind) => this.#takesAnswer(connection, message, kind))
    endpoint.on('message', (connection, message, kind) => this.#onMessage(connection, message, kind))
  }

  /**
   * Adds a handler. Those of one connection run in order: the next event waits until the promise that this one returns
   * has settled. Several of one event all run; the first value that is not undefined is the reply.
   * @throws UsageError for an event that defineEvents() was not told of
   */
  on<Event extends EventName<Incoming>>(event: Event, handler: EndpointEventHandler<Data, Incoming[Event]>): this {
    this.#table.add(event, handler)
    return this
  }

  off<Event extends EventName<Incoming>>(event: Event, handler: EndpointEventHandler<Data, Incoming[Event]>): this {
    this.#table.remove(event, handler)
    return this
  }

  /** Sends to one connection. @returns whether it was accepted, as `connection.send` */
  send<Event extends EventName<Outgoing>>(
    connection: Connection<Data>,
    event: Event,
    ...[data, options]: DataArguments<SentData<Outgoing[Event]>, EventSendOptions>
  ): boolean {
    return connection.send(serializeEvent(event, data), options)
  }

  /** Sends to every established connection: serialised once, framed once. @returns how many of this process accepted it */
  broadcast<Event extends EventName<Outgoing>>(
    event: Event,
    ...[data, options]: DataArguments<SentData<Outgoing[Event]>, EventMessageOptions<Data>>
  ): number {
    return this.#endpoint.broadcast(serializeEvent(event, data), options)
  }

  /** Sends to every subscriber of a topic: serialised once, framed once. @returns how many of this process accepted it */
  publish<Event extends EventName<Outgoing>>(
    topic: string,
    event: Event,
    ...[data, options]: DataArguments<SentData<Outgoing[Event]>, EventMessageOptions<Data>>
  ): number {
    return this.#endpoint.publish(topic, serializeEvent(event, data), options)
  }

  /**
   * Asks one connection. May be awaited in a handler of that same connection, `open` included: answers do not wait for
   * their turn, unless `maxQueuedMessages` other messages came before them.
   * @returns what it replies; rejects with a RequestError, or with the reason of `signal`
   */
  request<Event extends EventName<Outgoing>>(
    connection: Connection<Data>,
    event: Event,
    ...[data, options]: DataArguments<SentData<Outgoing[Event]>, RequestOptions>
  ): Promise<RequestReply<Outgoing[Event]>> {
    const send = (text: string): boolean => connection.send(text)
    return this.#pendingOf(connection).ask({ event, data, options, send }) as Promise<RequestReply<Outgoing[Event]>>
  }

  stats(): EventStats {
    return { ...this.#counters }
  }

  #pendingOf(connection: Connection<Data>): PendingRequests {
    const known = this.#pending.get(connection)
    if (known !== undefined) return known
    const pending = new PendingRequests(this.#settings)
    this.#pending.set(connection, pending)
    connection.signal.addEventListener('abort', () => pending.rejectSent())
    return pending
  }

  /** Answers are taken on arrival: the handler that waits for one may be what holds back the queue. */
  #takesAnswer(connection: Connection<Data>, message: Message, kind: MessageKind): boolean {
    const pending = this.#pending.get(connection)
    if (pending === undefined || pending.size === 0 || kind !== 'text') return false
    const envelope = readEnvelope(textOf(message))
    return !(envelope instanceof Fault) && isAnswer(envelope) && pending.settle(envelope)
  }

  #onMessage(connection: Connection<Data>, message: Message, kind: MessageKind): void | Promise<void> {
    if (kind === 'binary') return this.#onBinary(connection)
    const envelope = readEnvelope(textOf(message))
    if (envelope instanceof Fault) return this.#refuse(connection, envelope, envelope.id)
    if (isAnswer(envelope)) return this.#ignoreAnswer()
    if (envelope.event === ERROR && this.#table.find(ERROR) === undefined) return
    return dispatch(this.#table, envelope, this.#originOf(connection))
  }

  #onBinary(connection: Connection<Data>): void {
    if (!this.#ignoresBinary) this.#refuse(connection, new Fault('bad-message', 'a message must be text'))
  }

  #originOf(connection: Connection<Data>): Origin {
    return {
      call: (handler, data) => (handler as (connection: Connection<Data>, data: unknown) => unknown)(connection, data),
      reply: (text) => void connection.send(text),
      refuse: (error, id) => this.#refuse(connection, error, id),
      onFailure: (error) => this.#onFailure(connection, error),
    }
  }

  /** It has come too late, or nobody asked. */
  #ignoreAnswer(): void {
    this.#counters.ignoredAnswers++
  }

  #refuse(connection: Connection<Data>, error: EventError, id?: EventId): void {
    connection.send(serializeError(error, id))
    this.#counters.refused++
  }

  /** That its own connection closed while a handler waited for its answer is nothing to report. */
  #onFailure(connection: Connection<Data>, error: unknown): void {
    if (connection.readyState === 3 && error instanceof RequestError && CONNECTION_GONE.has(error.code)) return
    this.#counters.failed++
    this.#endpoint.reportError(error, connection)
  }
}

/** Text is UTF-8 that core has checked, as a string or, with `text: 'bytes'`, as bytes. */
function textOf(message: Message): string {
  return typeof message === 'string' ? message : message.toString('utf8')
}
