// How a connection ends: the closing handshake (RFC 6455 §7.1.2), failing it (§7.1.7), cutting TCP. The one place that moves
// its life (life.ts). Knows no handlers and no bytes of messages.
import { CloseCode } from '../protocol/close-code.js'
import { type CloseStatus, serializeClosePayload } from '../protocol/close-payload.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import type { Intake } from './intake.js'
import { CLOSING_LOCALLY, type CloseEvent, type Initiator, type Life, OPEN, closeEventOf, lifeAfterCut, takesFrames } from './life.js'
import type { Outbox } from './outbox.js'
import type { Transport } from './transport.js'
import type { Watchdog } from './watchdog.js'

/** After a failure the peer has this long to read our Close frame. */
const FAILURE_TIMEOUT = 1_000

export interface ClosingOwner {
  readonly transport: Transport
  readonly outbox: Outbox
  readonly intake: Intake
  readonly watchdog: Watchdog
  /** Forgets, and counts, what has not been handed to the transport. @returns the bytes that were dropped */
  dropUnsent(): number
  /** It is failed (RFC 6455 §7.1.7), or cut for this reason. */
  onFailed(status: CloseStatus, error: Error | undefined): void
}

export class Closing {
  #life: Life = OPEN
  readonly #owner: ClosingOwner

  constructor(owner: ClosingOwner) {
    this.#owner = owner
  }

  get life(): Life {
    return this.#life
  }

  #enter(life: Life): void {
    this.#life = life
    this.#owner.outbox.closeWay()
  }

  /** Starts the closing handshake (RFC 6455 §7.1.2): what was accepted for sending goes first. `timeout` in ms covers all of it. */
  start(status: CloseStatus, timeout: number): boolean {
    if (this.#life !== OPEN) return false
    const { watchdog, intake } = this.#owner
    this.#enter(CLOSING_LOCALLY)
    this.#sendClose(status)
    watchdog.startClosing(timeout)
    intake.unhold()
    return true
  }

  /** The peer's Close frame: the first of the two, or the answer to ours. */
  onCloseFrame(status: CloseStatus, timeout: number): void {
    const { intake, outbox, watchdog } = this.#owner
    const isAnswer = this.#life !== OPEN
    this.#enter({ state: 'closing', by: 'handshake', initiator: isAnswer ? 'local' : 'peer', status })
    intake.stop()
    // What the kernel takes at once still goes out; what the peer has not read by now it never will: dropped, and counted.
    outbox.flush()
    const isCloseUnsent = this.#owner.dropUnsent() > 0 || !isAnswer
    // RFC 6455 §5.5.1: the answer echoes the code.
    if (isCloseUnsent) this.#sendClose({ code: status.code, reason: '' })
    watchdog.startClosing(timeout)
    this.#end()
  }

  /** RFC 6455 §7.1.7, _Fail the WebSocket Connection_: Close, FIN, and nothing of the peer's is taken any more. */
  fail(status: CloseStatus, error?: Error): void {
    if (!takesFrames(this.#life)) return
    const { intake, outbox, watchdog } = this.#owner
    const isCloseUnsent = this.#life === OPEN
    this.#enter({ state: 'closing', by: 'failure', status, error })
    intake.stop()
    if (isCloseUnsent) {
      outbox.flush()
      this.#owner.dropUnsent()
      this.#sendClose(status)
    }
    watchdog.shorten(FAILURE_TIMEOUT)
    this.#end()
    this.#owner.onFailed(status, error)
  }

  /** Ends TCP at once; the peer gets no Close frame. */
  cut(initiator: Initiator, error?: Error): void {
    if (this.#life.state === 'closed') return
    const { intake, outbox, transport } = this.#owner
    const hasFailed = this.#life.state === 'closing' && this.#life.by === 'failure'
    this.#enter(lifeAfterCut(this.#life, { initiator, error, hasUnsent: outbox.bufferedAmount > 0 }))
    intake.stop()
    this.#owner.dropUnsent()
    transport.destroy()
    if (error !== undefined && !hasFailed) this.#owner.onFailed({ code: CloseCode.AbnormalClosure, reason: '' }, error)
  }

  /** The transport has closed, for this reason if any. */
  finish(socketError: Error | undefined): CloseEvent {
    const event = closeEventOf(this.#life, socketError)
    this.#enter({ state: 'closed', event })
    this.#owner.watchdog.stop()
    this.#owner.intake.stop()
    this.#owner.dropUnsent()
    return event
  }

  #sendClose(status: CloseStatus): void {
    this.#owner.outbox.sendBytes(firstByteOf(Opcode.Close), serializeClosePayload(status.code, status.reason))
  }

  /** RFC 6455 §7.1.1: the server closes TCP first. */
  #end(): void {
    this.#owner.outbox.flushForEnd()
    this.#owner.transport.end()
  }
}
