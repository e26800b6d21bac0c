// One established connection of a client in Node: a socket, frames both ways, the closing handshake. Knows no URLs, no attempts.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Compression } from '@tocsin/core/compression'
import { CloseCode, type CloseStatus, Opcode, ProtocolError, WebSocketError } from '@tocsin/core/protocol'
import { parseClosePayload, serializeClosePayload } from '@tocsin/core/protocol'
import type { HandshakeResponse, Link, LinkOwner, LinkStatus, Payload, SendOptions } from '../shared/link.js'
import type { Clock } from '../shared/clock.js'
import { Heartbeat, type HeartbeatOptions } from './heartbeat.js'
import { FrameSender } from './frame-sender.js'
import type { MaskingKeys } from './masking-keys.js'
import { PingMarks } from './ping-marks.js'
import { Receiver } from './receiver.js'
import { type WireLife, endOf, isTaking } from './wire-life.js'

export interface WireInit {
  readonly owner: LinkOwner
  readonly socket: Duplex
  /** Bytes behind the 101. */
  readonly rest: Buffer
  readonly response: HandshakeResponse
  readonly protocol: string
  readonly extensions: string
  readonly compression: Compression | undefined
  readonly maxMessageSize: number
  readonly heartbeat: HeartbeatOptions
  readonly keys: MaskingKeys
  /** Aborted, it ends at once, and reports nothing any more. */
  readonly signal: AbortSignal
}

/** For the server to end TCP after both Close frames, and for it to read ours after a failure. */
const END_TIMEOUT = 1_000
/** After a failure so much is still read, so that the Close frame is not lost to a reset. */
const MAX_DISCARDED = 1024 * 1024

export class Wire implements Link, LinkStatus {
  readonly status = this
  readonly protocol: string
  readonly extensions: string
  readonly response: HandshakeResponse
  readonly clock: Clock
  readonly #init: WireInit
  readonly #owner: LinkOwner
  readonly #socket: Duplex
  readonly #sender: FrameSender
  readonly #receiver: Receiver
  readonly #heartbeat: Heartbeat
  readonly #marks = new PingMarks()
  #life: WireLife = { state: 'open' }
  /** Nothing is read before start(). */
  #hasStarted = false
  #isFlowing = true
  #discarded = 0
  #endTimer: unknown
  #socketError: Error | undefined
  /** RFC 6455 §5.5.3: only the newest Ping needs its Pong. It waits here while the server does not read. */
  #pong: Buffer | undefined

  constructor(init: WireInit) {
    this.#init = init
    this.#owner = init.owner
    this.#socket = init.socket
    this.clock = init.owner.clock
    this.protocol = init.protocol
    this.extensions = init.extensions
    this.response = init.response
    this.#sender = new FrameSender({ ...init, onEmpty: () => this.#owner.update() })
    this.#receiver = new Receiver(this, init.maxMessageSize, init.compression)
    this.#heartbeat = new Heartbeat(this, init.heartbeat)
    this.#listen(init.socket)
    this.#receiver.feed(init.rest)
    init.signal.addEventListener('abort', () => this.#cut())
  }

  #listen(socket: Duplex): void {
    socket.on('error', (error: Error) => { this.#socketError ??= error })
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    // FIN: nothing more will come, so that nothing more need be said.
    socket.on('end', () => {
      socket.end()
      this.#endSoon()
    })
    socket.on('drain', () => this.#onDrain())
    socket.on('close', () => this.#onClose())
    socket.pause()
  }

  /** Its owner has been told of it: from now on it hears the rest. */
  start(): void {
    this.#hasStarted = true
    if (this.#socket.closed) return this.#onClose()
    this.#heartbeat.start()
    this.#flow()
  }

  get readyState(): 1 | 2 {
    return this.#life.state === 'open' && this.#socket.writable ? 1 : 2
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength
  }

  send(data: Payload, options: SendOptions): void {
    this.#sender.sendMessage(data, options)
  }

  ping(payload: Payload): boolean {
    if (this.#life.state !== 'open') return false
    this.#sender.sendControl(Opcode.Ping, payload)
    return true
  }

  /** @internal for the heartbeat */
  sendPing(): void {
    if (this.#life.state === 'open') this.ping(this.#marks.next(this.#sender.messages))
  }

  /** @internal for the heartbeat */
  get isReading(): boolean {
    return this.#hasStarted && this.#isFlowing
  }

  /** @internal for the heartbeat */
  onDead(): void {
    this.#socketError ??= new WebSocketError('WS_ERR_PONG_TIMEOUT', 'the server does not answer Pings')
    this.#cut()
  }

  pause(isPaused: boolean): void {
    if (isPaused !== this.#isFlowing) return
    this.#isFlowing = !isPaused
    if (this.#hasStarted) this.#flow()
  }

  #flow(): void {
    this.#pump()
    // A handler may have stopped it again.
    if (this.#isFlowing) this.#socket.resume()
    else this.#socket.pause()
  }

  #cut(): void {
    this.#socket.destroy()
    // An in-memory stream may take its time.
    this.#heartbeat.stop()
  }

  close(code: number, reason: string): void {
    if (this.#life.state !== 'open') return
    this.#life = { state: 'closing' }
    this.#sender.sendControl(Opcode.Close, serializeClosePayload(code, reason))
  }

  /** @internal for the receiver */
  get canReceive(): boolean {
    return this.isReading && !this.#socket.destroyed && isTaking(this.#life)
  }

  /** @internal for the receiver */
  onMessage(message: string | Buffer): void {
    this.#owner.push(message)
  }

  /** @internal for the receiver */
  onControlFrame(opcode: Opcode, bytes: Buffer): void {
    const payload = Buffer.from(bytes)
    if (opcode === Opcode.Close) this.#onCloseFrame(parseClosePayload(payload))
    else if (opcode === Opcode.Ping) this.#onPing(payload)
    else this.#onPong(payload)
  }

  /** RFC 6455 §5.5.2: answered, unless a Close frame was sent. */
  #onPing(payload: Buffer): void {
    if (this.#life.state === 'open') {
      if (this.#socket.writableNeedDrain) this.#pong = payload
      else this.#sender.sendControl(Opcode.Pong, payload)
    }
    this.#owner.emit('ping', payload)
  }

  #onPong(payload: Buffer): void {
    const confirmed = this.#marks.confirmedBy(payload)
    if (confirmed > 0) this.#owner.confirm(confirmed)
    this.#owner.emit('pong', payload)
  }

  #onCloseFrame(status: CloseStatus): void {
    const initiator = this.#life.state === 'open' ? 'peer' : 'local'
    // RFC 6455 §5.5.1: the answer to a Close frame is one with the same code.
    if (initiator === 'peer') this.#sender.sendControl(Opcode.Close, serializeClosePayload(status.code))
    this.#life = { state: 'closed', initiator, status }
    // RFC 6455 §7.1.1: the server ends TCP; a client that has waited for long enough may.
    this.#endSoon()
  }

  /** RFC 6455 §7.1.7: Close with the fitting code, then the end; nothing of the peer's is taken any more. */
  #fail(error: unknown): void {
    const { closeCode, message } = error instanceof ProtocolError ? error : { closeCode: CloseCode.InternalError, message: '' }
    const isCloseUnsent = this.#life.state === 'open'
    this.#life = { state: 'failed', code: closeCode, error: error as Error }
    this.#receiver.discard()
    if (isCloseUnsent) this.#sender.sendControl(Opcode.Close, serializeClosePayload(closeCode, message.slice(0, 100)))
    this.#socket.end()
    this.#endSoon()
    this.#socket.resume()
  }

  #endSoon(): void {
    this.#heartbeat.stop()
    this.#endTimer ??= this.clock.setTimeout(() => this.#socket.destroy(), END_TIMEOUT)
  }

  #onDrain(): void {
    const pong = this.#pong
    this.#pong = undefined
    if (pong !== undefined && this.#life.state === 'open') this.#sender.sendControl(Opcode.Pong, pong)
    this.#owner.update()
  }

  #onData(chunk: Buffer): void {
    this.#heartbeat.onBytes()
    if (!isTaking(this.#life)) {
      this.#discarded += chunk.length
      if (this.#discarded > MAX_DISCARDED) this.#socket.destroy()
      return
    }
    this.#receiver.feed(chunk)
    this.#pump()
  }

  #pump(): void {
    try {
      this.#receiver.pump()
    } catch (error) {
      this.#fail(error)
    }
  }

  #onClose(): void {
    this.#heartbeat.stop()
    this.clock.clearTimeout(this.#endTimer)
    this.#receiver.discard()
    this.#init.compression?.close()
    if (this.#hasStarted && !this.#init.signal.aborted) this.#owner.onEnd(endOf(this.#life, this.#socketError))
  }
}
