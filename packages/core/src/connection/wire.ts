// The machinery of one connection: transport -> intake -> inbox one way, outbox -> transport the other, watchdog and closing
// beside them. Joins its rooms, and does little itself. What the application may do with it is connection.ts.
import { AsyncResource } from 'node:async_hooks'
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Compression } from '../compression/compression.js'
import { CloseCode } from '../protocol/close-code.js'
import type { CloseStatus } from '../protocol/close-payload.js'
import { ProtocolError } from '../protocol/errors.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import type { MessageKind } from '../protocol/message-assembler.js'
import { Opcode } from '../protocol/opcode.js'
import type { Runtime } from '../runtime.js'
import { Authentication, type AuthenticationOwner } from './authentication.js'
import { Awaited } from './awaited.js'
import { Closing, type ClosingOwner } from './closing.js'
import { takeControlFrame } from './control-frames.js'
import { cutAtDeadline, cutForSilence, failForLimit, failForRule, reportFailure } from './failures.js'
import { Intake, type IntakeOwner } from './intake.js'
import { Inbox, type InboxOwner } from './inbox.js'
import { type Life, OPEN, takesFrames } from './life.js'
import type { ConnectionLimit } from './over-limit.js'
import { Outbox, type OutboxOwner } from './outbox.js'
import { Outgoing, type OutgoingOwner } from './outgoing.js'
import type { SendLimits } from './send-limits.js'
import type { ConnectionHost, ConnectionSettings } from './settings.js'
import { Throttle, type ThrottleOwner } from './throttle.js'
import { Traffic } from './traffic.js'
import { Transport, type TransportOwner } from './transport.js'
import { Watchdog, type WatchdogOwner } from './watchdog.js'

const EMPTY = Buffer.alloc(0)

export interface WireInit<Connection> {
  readonly host: ConnectionHost<Connection>
  readonly stream: Duplex
  readonly compression?: Compression | undefined
}

export class Wire<Connection = unknown> extends Traffic<ConnectionHost<Connection>>
  implements TransportOwner, OutboxOwner, InboxOwner<Connection>, IntakeOwner, WatchdogOwner, ClosingOwner, OutgoingOwner, ThrottleOwner, AuthenticationOwner {
  readonly connection: Connection
  /** What was agreed on, if anything. */
  readonly compression: Compression | undefined
  readonly transport: Transport
  readonly outbox: Outbox
  readonly inbox: Inbox<Connection>
  readonly intake: Intake
  readonly watchdog: Watchdog
  readonly closing = new Closing(this)
  readonly outgoing = new Outgoing(this)
  /** Where the endpoint limits rates. */
  readonly throttle: Throttle | undefined
  /** While the peer owes it. */
  authentication: Authentication | undefined

  /** Made when it is first asked for. */
  #awaited: Awaited | undefined
  #limits: SendLimits
  /** Handlers run in the async context of the upgrade, not in that of the socket. */
  readonly #context: AsyncResource

  constructor(connection: Connection, { host, stream, compression }: WireInit<Connection>) {
    super(host)
    this.connection = connection
    this.compression = compression
    this.#limits = host.settings.sendLimits
    this.#context = new AsyncResource('TocsinConnection', { requireManualDestroy: true })
    this.transport = new Transport(stream, this)
    this.outbox = new Outbox(this)
    this.inbox = new Inbox(this)
    this.intake = new Intake(this, host.settings)
    this.watchdog = new Watchdog(this)
    this.outgoing.openWay()
    const { rateLimit, authenticateWithin } = host.settings
    this.throttle = rateLimit && new Throttle(this, rateLimit)
    this.authentication = authenticateWithin === undefined ? undefined : new Authentication(this, authenticateWithin)
  }

  get runtime(): Runtime {
    return this.host.runtime
  }

  get limits(): SendLimits {
    return this.#limits
  }

  set limits(limits: SendLimits) {
    this.#limits = limits
    this.outgoing.openWay()
  }

  get heartbeat(): ConnectionSettings['heartbeat'] {
    return this.host.settings.heartbeat
  }

  // --- receiving ---

  /** The 101 goes out together with what `open` sends. */
  sendResponse(bytes: Buffer): void {
    this.expectUncounted(bytes.length)
    this.outbox.sendRaw(bytes)
  }

  /** Runs the `open` handlers; then come the bytes, those that came with the handshake first. */
  start(early: Buffer, open: (() => void | Promise<void>) | undefined): void {
    this.#context.runInAsyncScope(() => {
      if (open !== undefined) this.inbox.open(open)
    })
    // In a later tick: who waits for endpoint.upgrade() can take the iterator before the first message.
    if (early.length > 0) this.transport.putBack(early)
    this.intake.start()
  }

  onBytes(chunk: Buffer): void {
    this.watchdog.lastReceivedAt = this.runtime.clock.now()
    this.countReceived(chunk.length)
    if (this.throttle !== undefined && this.life === OPEN) this.throttle.onBytes(chunk.length)
    if (takesFrames(this.life)) this.#context.runInAsyncScope(take, this.intake, chunk)
    else this.intake.discard(chunk.length)
  }

  onReceiverReady(): void {
    this.intake.goOn()
  }

  onUnparsedDue(): void {
    this.#context.runInAsyncScope(pump, this.intake)
  }

  onReceiveError(error: unknown): void {
    if (error instanceof ProtocolError) failForRule(this, error)
    else this.onHandlerFailed(error)
  }

  onOverLimit(limit: ConnectionLimit): void {
    if (takesFrames(this.life)) failForLimit(this, limit)
  }

  /** Whether the rate limit lets it pass. */
  get #isAdmitted(): boolean {
    return this.throttle === undefined || this.life !== OPEN || this.throttle.onMessage()
  }

  get takesFrames(): boolean {
    return takesFrames(this.life)
  }

  get canReceive(): boolean {
    return this.intake.canReceive
  }

  get isReading(): boolean {
    return this.intake.isReading
  }

  onInboxRoom(): void {
    if (this.life.state !== 'closed') this.intake.goOn()
  }

  onMessage(message: string | Buffer, kind: MessageKind): void {
    if (!this.#isAdmitted) return
    this.host.counters.messagesReceived++
    if (this.host.interceptMessage?.(this.connection, message, kind) === true) return
    this.inbox.pushMessage(message, kind)
  }

  onControlFrame(opcode: Opcode, payload: Buffer): void {
    if (this.#isAdmitted) takeControlFrame(this, opcode, payload)
  }

  // --- closing ---

  get life(): Life {
    return this.closing.life
  }

  dropUnsent(): number {
    const dropped = this.outbox.discard()
    this.countUnsent(dropped)
    this.countDropped(this.outgoing.drop())
    return dropped
  }

  onEnd(): void {
    if (takesFrames(this.life)) this.intake.end()
    else this.transport.end()
  }

  /** What was accepted before the peer's FIN still goes out as far as the kernel takes it. */
  onIntakeEnd(): void {
    this.outgoing.finishSliced()
    this.outbox.flush()
    this.closing.cut('peer')
  }

  onClosed(error: Error | undefined): void {
    const event = this.closing.finish(error)
    this.compression?.close()
    this.outgoing.onClosed()
    this.throttle?.stop()
    this.authentication?.stop()
    this.onDrained()
    this.#context.runInAsyncScope(() => {
      this.host.onClosed(this.connection)
      this.#awaited?.onClosed()
      this.inbox.pushClose(event)
    })
  }

  onFailed(status: CloseStatus, error: Error | undefined): void {
    reportFailure(this, status, error)
  }

  // --- time, errors, sending ---

  sendHeartbeat(): void {
    this.outbox.sendBytes(firstByteOf(Opcode.Ping), EMPTY)
  }

  onSilent(): void {
    cutForSilence(this)
  }

  onCloseDeadline(): void {
    cutAtDeadline(this)
  }

  onHandlerFailed(error: unknown): void {
    this.closing.fail({ code: CloseCode.InternalError, reason: '' }, error instanceof Error ? error : undefined)
    this.host.onHandlerError(error, this.connection)
  }

  onWritten(): void {
    this.outbox.onWritten()
    this.outgoing.onWritten()
  }

  onBlocked(): void {
    this.outgoing.onBlocked()
  }

  onRoom(): void {
    this.outgoing.onRoom()
  }

  /** In a microtask: never in the middle of the send that led to it, nor behind a handler that waits for it. */
  onCongestion(isCongested: boolean): void {
    const event = isCongested ? 'congested' : 'relieved'
    if (this.host.hasHandler(event)) queueMicrotask(() => this.#context.runInAsyncScope(() => this.#announce(event)))
  }

  async #announce(event: 'congested' | 'relieved'): Promise<void> {
    try {
      await this.host.dispatchEvent(this.connection, event, undefined)
    } catch (error) {
      this.onHandlerFailed(error)
    }
  }

  /** Resolves when everything has been handed to the kernel, or the connection has closed. */
  drained(): Promise<void> {
    if (this.outbox.isDrained || this.life.state === 'closed') return Promise.resolve()
    return (this.#awaited ??= new Awaited()).drained()
  }

  onDrained(): void {
    this.#awaited?.onDrained()
  }

  get signal(): AbortSignal {
    const { signal } = (this.#awaited ??= new Awaited())
    if (this.life.state === 'closed') this.#awaited.onClosed()
    return signal
  }
}

function take(this: Intake, chunk: Buffer): void {
  this.take(chunk)
}

function pump(this: Intake): void {
  this.pump()
}
