// One established connection of a client in Node: a socket, frames both ways, the closing handshake. Knows no URLs, no attempts.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Compression } from '@tocsin/core/compression'
import {
  CloseCode,
  type CloseStatus,
  Opcode,
  ProtocolError,
  WebSocketError,
  parseClosePayload,
  serializeClosePayload,
} from '@tocsin/core/protocol'
import type { Clock } from '../shared/clock.js'
import type { HandshakeResponse, Link, LinkEnd, LinkOwner, Payload, SendOptions } from '../shared/link.js'
import { Heartbeat, type HeartbeatOptions } from './heartbeat.js'
import { FrameSender } from './frame-sender.js'
import type { MaskingKeys } from './masking-keys.js'
import { Receiver } from './receiver.js'

export interface WireInit {
  readonly socket: Duplex
  /** Bytes behind the 101. */
  readonly rest: Buffer
  readonly response: HandshakeResponse
  readonly subprotocol: string
  readonly extensions: string
  readonly compression: Compression | undefined
  readonly maxMessageSize: number
  readonly heartbeat: HeartbeatOptions
  readonly keys: MaskingKeys
  readonly clock: Clock
}

/** Who said Close: nobody, we, the peer, both; `failed`: we failed the connection (RFC 6455 §7.1.7), and nothing more is taken. */
type Life =
  | { readonly state: 'open' }
  | { readonly state: 'closing'; readonly by: 'local' }
  | { readonly state: 'closing'; readonly by: 'both'; readonly initiator: 'local' | 'peer'; readonly status: CloseStatus }
  | { readonly state: 'failed'; readonly status: CloseStatus; readonly error: Error | undefined }

/** For the server to end TCP after both Close frames, and for it to read ours after a failure. */
const END_TIMEOUT = 1_000
/** After a failure so much is still read, so that the Close frame is not lost to a reset. */
const MAX_DISCARDED = 1024 * 1024
const PING_MARK_SIZE = 4

export class Wire implements Link {
  readonly subprotocol: string
  readonly extensions: string
  readonly response: HandshakeResponse
  readonly clock: Clock
  readonly #init: WireInit
  readonly #socket: Duplex
  readonly #sender: FrameSender
  readonly #receiver: Receiver
  readonly #heartbeat: Heartbeat
  #owner: LinkOwner | undefined
  #life: Life = { state: 'open' }
  #isFlowing = true
  #discarded = 0
  #endTimer: unknown
  #socketError: Error | undefined
  /** RFC 6455 §5.5.3: only the newest Ping needs its Pong. It waits here while the server does not read. */
  #pong: Buffer | undefined
  #pings = 0
  /** What had been sent when the last Ping went out. */
  #mark: { readonly payload: Buffer; readonly sent: number } | undefined
  #end: LinkEnd | undefined

  constructor(init: WireInit) {
    this.#init = init
    this.#socket = init.socket
    this.clock = init.clock
    this.subprotocol = init.subprotocol
    this.extensions = init.extensions
    this.response = init.response
    this.#sender = new FrameSender({ ...init, onEmpty: () => this.#owner?.onReady() })
    this.#receiver = new Receiver(this, init.maxMessageSize, init.compression)
    this.#heartbeat = new Heartbeat(this, init.heartbeat)
    this.#listen(init.socket)
    this.#receiver.feed(init.rest)
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

  start(owner: LinkOwner): void {
    this.#owner = owner
    if (this.#end !== undefined) return owner.onEnd(this.#end)
    this.#heartbeat.start()
    this.setFlow(this.#isFlowing)
  }

  get canTake(): boolean {
    return this.#life.state === 'open' && this.#sender.isReady
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
    const payload = Buffer.alloc(PING_MARK_SIZE)
    payload.writeUInt32BE(this.#pings = (this.#pings + 1) >>> 0)
    if (this.ping(payload)) this.#mark = { payload, sent: this.#sender.messages }
  }

  /** @internal for the heartbeat */
  get isReading(): boolean {
    return !this.#isPaused
  }

  /** @internal for the heartbeat */
  onDead(): void {
    this.terminate(new WebSocketError('WS_ERR_PONG_TIMEOUT', 'the server does not answer Pings'))
  }

  setFlow(isFlowing: boolean): void {
    this.#isFlowing = isFlowing
    if (this.#owner === undefined) return
    if (isFlowing) this.#pump()
    // A handler may have stopped it again.
    if (!this.#isPaused) this.#socket.resume()
    else this.#socket.pause()
  }

  get #isPaused(): boolean {
    return !this.#isFlowing || this.#owner === undefined
  }

  close(code: number, reason: string): void {
    if (this.#life.state !== 'open') return
    this.#life = { state: 'closing', by: 'local' }
    this.#sender.sendControl(Opcode.Close, serializeClosePayload(code, reason))
  }

  terminate(error?: Error): void {
    this.#socketError ??= error
    this.#socket.destroy()
    // An in-memory stream may take its time.
    this.#heartbeat.stop()
  }

  /** @internal for the receiver: after the peer's Close frame, and after a failure, nothing counts (RFC 6455 §1.4, §7.1.7). */
  get canReceive(): boolean {
    const life = this.#life
    return !this.#isPaused && this.#end === undefined && (life.state === 'open' || (life.state === 'closing' && life.by === 'local'))
  }

  /** @internal for the receiver */
  onMessage(message: string | Buffer): void {
    this.#owner!.onMessage(message)
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
    this.#owner!.onPing(payload)
  }

  /** The peer takes frames in order: what was sent before the Ping has arrived. */
  #onPong(payload: Buffer): void {
    const mark = this.#mark
    if (mark !== undefined && payload.equals(mark.payload)) this.#owner!.onConfirmed(mark.sent)
    this.#owner!.onPong(payload)
  }

  #onCloseFrame(status: CloseStatus): void {
    const initiator = this.#life.state === 'open' ? 'peer' : 'local'
    // RFC 6455 §5.5.1: the answer to a Close frame is one with the same code.
    if (initiator === 'peer') this.#sender.sendControl(Opcode.Close, serializeClosePayload(status.code))
    this.#life = { state: 'closing', by: 'both', initiator, status }
    // RFC 6455 §7.1.1: the server ends TCP; a client that has waited for long enough may.
    this.#endSoon()
  }

  /** RFC 6455 §7.1.7: Close with the fitting code, then the end; nothing of the peer's is taken any more. */
  #fail(error: unknown): void {
    const { closeCode, message } = error instanceof ProtocolError ? error : { closeCode: CloseCode.InternalError, message: '' }
    const isCloseUnsent = this.#life.state === 'open'
    this.#life = { state: 'failed', status: { code: closeCode, reason: '' }, error: error as Error }
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
    this.#owner?.onReady()
  }

  #onData(chunk: Buffer): void {
    this.#heartbeat.onBytes()
    if (this.#life.state === 'failed' || (this.#life.state === 'closing' && this.#life.by === 'both')) {
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
    this.#end = this.#endOf(this.#life)
    this.#owner?.onEnd(this.#end)
  }

  #endOf(life: Life): LinkEnd {
    if (life.state === 'failed') return { ...life.status, clean: false, initiator: 'local', error: life.error }
    if (life.state === 'closing' && life.by === 'both') return { ...life.status, clean: true, initiator: life.initiator, error: undefined }
    const initiator = life.state === 'closing' ? 'local' : 'peer'
    return { code: CloseCode.AbnormalClosure, reason: '', clean: false, initiator, error: this.#socketError }
  }
}
