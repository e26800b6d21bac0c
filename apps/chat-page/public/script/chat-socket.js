// One visit to a room: a plain WebSocket that comes back by itself. Knows the wire and the time, not the page.

import { retryDelay } from './backoff.js'

const CONNECT_TIMEOUT = 15_000
const POLICY_VIOLATION = 1008
const FIRST_PRIVATE_CODE = 4000

/**
 * @typedef {{ name: 'connecting' } | { name: 'open' } | { name: 'waiting', until: number, hint: string }
 *   | { name: 'refused', reason: string } | { name: 'left' }} SocketState
 * @typedef {{ event: string, data: any }} ChatEvent
 * @typedef {{ onEvent(event: ChatEvent): void, onState(state: SocketState): void }} Listener
 * @typedef {{ WebSocket: typeof WebSocket, probe(url: URL): Promise<Probe>, random(): number }} Surroundings
 * @typedef {{ refusal?: string, hint?: string }} Probe
 */

export class ChatSocket {
  /** @type {WebSocket | undefined} */ #socket
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  /** @type {SocketState} */ #state = { name: 'connecting' }
  #attempt = 0
  #url
  #listener
  #surroundings

  /**
   * @param {URL} url of the room, http or https
   * @param {Listener} listener
   * @param {Surroundings} surroundings
   */
  constructor(url, listener, surroundings) {
    this.#url = url
    this.#listener = listener
    this.#surroundings = surroundings
    this.#connect()
  }

  get isOpen() {
    return this.#state.name === 'open'
  }

  /**
   * @param {string} event
   * @param {object} data
   * @returns {boolean} false: not connected, nothing was sent
   */
  send(event, data) {
    if (!this.isOpen) return false
    this.#socket?.send(JSON.stringify({ event, data }))
    return true
  }

  /** Does not wait for the timer when it is waiting. */
  retryNow() {
    if (this.#state.name === 'waiting') this.#connect()
  }

  leave() {
    this.#enter({ name: 'left' })
    this.#abandon()
  }

  #connect() {
    this.#abandon()
    this.#enter({ name: 'connecting' })
    const target = new URL(this.#url)
    target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new this.#surroundings.WebSocket(target.href)
    this.#socket = socket
    this.#timer = setTimeout(() => this.#lost(socket), CONNECT_TIMEOUT)
    socket.onmessage = (message) => this.#received(message.data)
    socket.onclose = (close) => this.#lost(socket, close)
  }

  /** @param {unknown} text */
  #received(text) {
    const event = parseEvent(text)
    if (!event) return
    if (event.event === 'welcome') this.#welcomed()
    this.#listener.onEvent(event)
  }

  #welcomed() {
    clearTimeout(this.#timer)
    this.#attempt = 0
    this.#enter({ name: 'open' })
  }

  /**
   * @param {WebSocket} socket
   * @param {CloseEvent} [close] none: it took too long
   */
  async #lost(socket, close) {
    if (this.#socket !== socket) return
    const wasOpen = this.isOpen
    this.#abandon()
    if (close && isFinal(close.code)) return this.#enter({ name: 'refused', reason: close.reason || 'The server closed the connection.' })
    this.#wait('')
    if (!wasOpen) this.#explain(await this.#surroundings.probe(this.#url))
  }

  /** @param {string} hint */
  #wait(hint) {
    const delay = retryDelay(this.#attempt++, this.#surroundings.random)
    this.#timer = setTimeout(() => this.#connect(), delay)
    this.#enter({ name: 'waiting', until: Date.now() + delay, hint })
  }

  /**
   * A browser hides why a handshake failed, so the room was asked over plain HTTP.
   * @param {Probe} probe
   */
  #explain({ refusal, hint }) {
    if (this.#state.name !== 'waiting') return
    if (refusal) {
      this.#abandon()
      this.#enter({ name: 'refused', reason: refusal })
    } else if (hint) this.#enter({ ...this.#state, hint })
  }

  #abandon() {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    socket.onmessage = socket.onclose = null
    socket.close(1000)
  }

  /** @param {SocketState} state */
  #enter(state) {
    this.#state = state
    this.#listener.onState(state)
  }
}

/** @param {number} code */
function isFinal(code) {
  return code === POLICY_VIOLATION || code >= FIRST_PRIVATE_CODE
}

/**
 * @param {unknown} text
 * @returns {ChatEvent | undefined} undefined: not one of our events
 */
function parseEvent(text) {
  try {
    const parsed = JSON.parse(String(text))
    return typeof parsed?.event === 'string' ? { event: parsed.event, data: parsed.data ?? {} } : undefined
  } catch {
    console.warn('Not a chat event:', text)
    return undefined
  }
}
