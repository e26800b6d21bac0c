// One connection of the browser's own WebSocket, as the port wants it. Knows that WebSocket, and no attempts.
import type { Clock } from '../shared/clock.js'
import type { Link, LinkEnd, LinkOwner, Payload, SendOptions } from '../shared/link.js'

/** What we use of WebSocket. */
export interface NativeSocket {
  binaryType: string
  readonly protocol: string
  readonly extensions: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) => void) | null
  send(data: unknown): void
  close(code?: number, reason?: string): void
}

/** Beyond that a message waits with us, where it survives the connection. */
const HIGH_WATER = 64 * 1024
/** There is no event for it. */
const POLL_INTERVAL = 50

export class NativeLink implements Link {
  readonly subprotocol: string
  readonly extensions: string
  readonly response = undefined
  readonly #socket: NativeSocket
  readonly #clock: Clock
  #owner: LinkOwner | undefined
  #poll: unknown
  #isClosing = false
  #end: LinkEnd | undefined

  constructor(socket: NativeSocket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    this.subprotocol = socket.protocol
    this.extensions = socket.extensions
    socket.onclose = ({ code, reason, wasClean: clean }) => {
      this.#onEnd({ code, reason, clean, initiator: this.#isClosing ? 'local' : 'peer', error: undefined })
    }
  }

  start(owner: LinkOwner): void {
    this.#owner = owner
    if (this.#end !== undefined) return owner.onEnd(this.#end)
    this.#socket.onmessage = ({ data }) => owner.onMessage(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
  }

  get canTake(): boolean {
    return this.#socket.readyState === 1 && this.#socket.bufferedAmount < HIGH_WATER
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(data: Payload, { text, binary }: SendOptions): void {
    if (typeof data === 'string') this.#socket.send(binary === true ? new TextEncoder().encode(data) : data)
    else this.#socket.send(text === true ? new TextDecoder().decode(data as Uint8Array) : data)
    this.#watch()
  }

  #watch(): void {
    this.#poll ??= this.#clock.setTimeout(() => {
      this.#poll = undefined
      this.#owner?.onReady()
      if (this.bufferedAmount > 0 && this.#end === undefined) this.#watch()
    }, POLL_INTERVAL)
  }

  close(code: number, reason: string): void {
    this.#isClosing = true
    this.#socket.close(code, reason)
  }

  /** A browser cuts nothing: it is left to itself. */
  terminate(error?: Error): void {
    this.#socket.close()
    this.#onEnd({ code: 1006, reason: '', clean: false, initiator: 'local', error })
  }

  #onEnd(end: LinkEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#socket.onmessage = this.#socket.onclose = null
    this.#clock.clearTimeout(this.#poll)
    this.#owner?.onEnd(end)
  }
}
