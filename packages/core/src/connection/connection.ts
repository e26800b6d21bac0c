// One WebSocket connection, from its 101 on, as the application holds it: send, close, wait, read. The machinery is wire.ts.
import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Compression } from '../compression/compression.js'
import { CloseCode } from '../protocol/close-code.js'
import { assertSendable, type CloseStatus } from '../protocol/close-payload.js'
import { UsageError } from '../protocol/errors.js'
import { Frame } from '../protocol/frame.js'
import { Opcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import { type ConnectionInfo, describeWire } from './connection-info.js'
import { readyStateOf } from './life.js'
import { type SendLimitOptions, resolveSendLimits } from './send-limits.js'
import type { Outbox } from './outbox.js'
import { Seat, SEAT, type Seated } from './seat.js'
import { Sender, type SendOptions, type StreamOptions, type StreamSource } from './sender.js'
import type { ConnectionCounters, ConnectionHost } from './settings.js'
import type { SharedMessage } from './shared-message.js'
import { Wire } from './wire.js'

const NO_TOPICS: ReadonlySet<string> = new Set()

/** The way to a connection's machinery for the rest of this package; not exported from it. */
export const WIRE: unique symbol = Symbol('tocsin.wire')

/** What is known of a connection when it is made. */
export interface ConnectionInit<Data> {
  readonly host: ConnectionHost<Connection>
  /** By default a new one. */
  readonly id?: string | undefined
  readonly stream: Duplex
  readonly data: Data
  /** Empty when none was agreed on. */
  readonly subprotocol: string
  /** As the response has it; by default none. */
  readonly extensions?: string | undefined
  readonly compression?: Compression | undefined
  /** As the framework or a trusted proxy sees it; by default the socket's. */
  readonly remoteAddress: string | undefined
}

/**
 * One established WebSocket. Made by an endpoint, never by the application; exists from the 101 on.
 * @typeParam Data what the `upgrade` hook or the route said about this connection
 */
export class Connection<Data = unknown> implements Seated {
  /** Unique across processes (`node.random128`). Good for finding a connection, never as a secret. */
  readonly id: string
  /** The application's own; typed by the decision that accepted the connection. */
  data: Data
  /** The subprotocol that was agreed on (RFC 6455 §1.9), or ''. */
  readonly subprotocol: string
  /** The extensions that were agreed on, as in the response (RFC 6455 §9.1), or ''. */
  readonly extensions: string
  /** The peer's address: the socket's, or what a trusted proxy says. */
  readonly remoteAddress: string | undefined
  /** @internal */
  readonly [WIRE]: Wire<Connection>
  /** @internal */
  readonly [SEAT] = new Seat<this>(this)
  readonly #sender: Sender
  readonly #outbox: Outbox
  readonly #counters: ConnectionCounters
  #topics: Set<string> | undefined

  /** @internal */
  constructor(init: ConnectionInit<Data>) {
    this.id = init.id ?? init.host.runtime.createId()
    this.data = init.data
    this.subprotocol = init.subprotocol
    this.remoteAddress = init.remoteAddress ?? (init.stream as Partial<Socket>).remoteAddress
    this.extensions = init.extensions ?? ''
    this[WIRE] = new Wire(this, init)
    this.#sender = new Sender(this[WIRE])
    this.#outbox = this[WIRE].outbox
    this.#counters = init.host.counters
  }

  /** As browsers have it: 1 OPEN, 2 CLOSING, 3 CLOSED; never 0, because a connection exists from its 101 on. */
  get readyState(): 1 | 2 | 3 {
    return readyStateOf(this[WIRE].life)
  }

  /** Whether the handshake has finished and closing has not begun: whether a send is accepted. */
  get isEstablished(): boolean {
    return this[WIRE].life.state === 'open'
  }

  /** Whether it counts among the endpoint's connections: always, unless the endpoint has `authenticateWithin`. */
  get isAuthenticated(): boolean {
    return this[WIRE].authentication === undefined
  }

  /** Bytes that were accepted for sending and that the kernel has not taken yet: those of the frames, without what waiting takes (see `maxBufferedAmount`). */
  get bufferedAmount(): number {
    return this[WIRE].outgoing.bufferedAmount
  }

  /** The topics it is subscribed to; after it has closed, those it was subscribed to at the end. */
  get topics(): ReadonlySet<string> {
    return this.#topics ?? NO_TOPICS
  }

  /** Addresses, times and counters (see ConnectionInfo). */
  get info(): ConnectionInfo {
    const { id, subprotocol, remoteAddress, bufferedAmount } = this
    const { backlog, messagesDropped = 0, isCongested = false } = this[WIRE].outgoing.slow ?? {}
    const waiting = { bufferedAmount, bufferedMessages: backlog?.length ?? 0, messagesDropped, isCongested }
    return { id, subprotocol, remoteAddress, topics: [...this.topics], ...describeWire(this[WIRE]), ...waiting }
  }

  /** Aborts when the connection has closed: for whatever a handler waits for. Made when it is first asked for. */
  get signal(): AbortSignal {
    return this[WIRE].signal
  }

  /**
   * Sends a message: a string as text, bytes as binary. Bytes above 8 KiB are not copied: leave them unchanged until
   * `drained()`.
   * @returns whether it was accepted: false when the connection is not open, or when too much waits already
   *   (`maxBufferedAmount`, `maxBufferedMessages`) and `slowConsumer` does not make room
   * @throws UsageError for anything but strings, ArrayBuffers and byte views
   */
  send(data: Payload, options?: SendOptions): boolean {
    return this.#sender.send(typeof data === 'string' ? data : viewBytes(data), options)
  }

  /**
   * Sends one frame. Close starts the closing handshake; with `rsv1` the payload is deflated already, and goes out as it is.
   * @returns whether it was accepted
   */
  sendFrame(frame: Frame, options?: Pick<SendOptions, 'compress' | 'key'>): boolean {
    return this.#sender.sendFrame(frame, options)
  }

  /**
   * Sends one message in fragments (RFC 6455 §5.4), as the source yields them, never more than the peer takes. Other
   * messages sent meanwhile follow after it. Each part waits for the one before; if one finds no room all the same, the
   * connection closes with 1013, whatever its `slowConsumer`, because half a message cannot be left. Streams of one connection
   * follow each other. Await it: those that have not begun hold their sources, and no limit counts them.
   * @returns whether all of it was accepted; false when the connection ended first
   */
  sendStream(source: StreamSource, options?: StreamOptions): Promise<boolean> {
    return this.#sender.sendStream(source, options)
  }

  /** Sends a Ping. @param payload at most 125 bytes (RFC 6455 §5.5) */
  ping(payload: Payload = ''): boolean {
    return this.sendFrame(new Frame({ opcode: Opcode.Ping, payload }))
  }

  /** Sends a Pong nobody asked for, which RFC 6455 §5.5.3 allows; Pings are answered without it. @param payload at most 125 bytes */
  pong(payload: Payload = ''): boolean {
    return this.sendFrame(new Frame({ opcode: Opcode.Pong, payload }))
  }

  /**
   * Resolves when everything has been handed to the kernel, or the connection has closed. What waits for the end of a
   * fragmented message is not waited for.
   */
  drained(): Promise<void> {
    return this[WIRE].drained()
  }

  /**
   * Limits of its own in place of the endpoint's; those that are not given stay as they are. What waits already is judged with
   * the next message.
   * @throws UsageError for a value out of range
   */
  limitSending(options: SendLimitOptions): this {
    this[WIRE].limits = resolveSendLimits({ ...this[WIRE].limits.given, ...options })
    return this
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). What was accepted for sending before goes first; `closeTimeout` covers
   * that, the Close frame and the peer's answer.
   * @param code 1000-1003, 1007-1014 or 3000-4999
   * @param reason at most 123 bytes of UTF-8
   * @returns false when it is closing or closed already
   * @throws UsageError for another code or a longer reason; the connection is unharmed
   */
  close(code: number = CloseCode.NormalClosure, reason = ''): boolean {
    assertSendable(code, reason)
    return this.#sender.close({ code, reason })
  }

  /** Cuts TCP at once, without a Close frame: the peer sees 1006. */
  terminate(): void {
    this[WIRE].closing.cut('local')
  }

  /** Stops reading from this peer until `resume()`; sending goes on, and the heartbeat judges nobody meanwhile. */
  pause(): void {
    this[WIRE].intake.setPaused(true)
  }

  resume(): void {
    this[WIRE].intake.setPaused(false)
  }

  get isPaused(): boolean {
    return this[WIRE].intake.isPaused
  }

  /** Exempts it from the heartbeat. @param on @default true */
  protect(on = true): this {
    this[WIRE].watchdog.isProtected = on
    return this
  }

  /**
   * The peer has said who it is, in a message: `data` becomes `connection.data`, and from now on it counts among the endpoint's connections,
   * and in its topics. Only where the endpoint has `authenticateWithin`.
   * @returns false when it had authenticated before, or is closing; nothing has changed then
   * @throws UsageError `WS_ERR_NO_AUTHENTICATION` where the endpoint does not wait for it
   */
  authenticate(data: Data): boolean {
    const wire = this[WIRE]
    const { host, life } = wire
    if (host.settings.authenticateWithin === undefined) {
      throw new UsageError('WS_ERR_NO_AUTHENTICATION', 'this endpoint does not wait for authentication: set its option authenticateWithin')
    }
    if (this.isAuthenticated || life.state !== 'open') return false
    wire.authentication!.stop()
    wire.authentication = undefined
    this.data = data
    host.onAuthenticated(this)
    for (const topic of this.topics) host.joinTopic(this, topic)
    return true
  }

  /**
   * From now on it receives what is published to this topic; where it has to authenticate, from then on. Does nothing once it has closed.
   */
  subscribe(topic: string): this {
    if (typeof topic !== 'string') throw new UsageError('WS_ERR_TOPIC', 'a topic is a string')
    if (this[WIRE].life.state === 'closed') return this
    ;(this.#topics ??= new Set()).add(topic)
    if (this.isAuthenticated) this[WIRE].host.joinTopic(this, topic)
    return this
  }

  unsubscribe(topic: string): this {
    if (this[WIRE].life.state === 'closed') return this
    if (this.#topics?.delete(topic) === true) this[WIRE].host.leaveTopic(this, topic)
    return this
  }

  /**
   * The messages, by pull: from now on they go to this iterator and to no handler. Ends when the connection closes; after
   * a `break` the next loop goes on where this one stopped. While nobody loops, `maxQueuedMessages` wait and then reading
   * stops, so that not even the peer's Close is seen: loop again, or close.
   * @throws UsageError when a handler has received a message, or another loop is active
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<string | Buffer> {
    return this[WIRE].inbox.claim()
  }

  /** @internal As close(), with another time for all of it, in ms. */
  closeWithin(status: CloseStatus, timeout: number): boolean {
    return this.#sender.close(status, timeout)
  }

  /** @internal A message that others receive too. */
  sendShared(message: SharedMessage): boolean {
    if (message.plain === undefined || !this.#outbox.trySendShared(message.plain)) return this.#sender.sendShared(message)
    this.#counters.messagesSent++
    return true
  }
}
