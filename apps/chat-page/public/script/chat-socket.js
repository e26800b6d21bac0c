// One visit to a room: the client that comes back by itself, and what the page makes of it. Knows the wire, not the page.

import { WebSocketClient } from './tocsin-client.js'

const CONNECT_TIMEOUT = 15_000
const POLICY_VIOLATION = 1008
const FIRST_PRIVATE_CODE = 4000

/**
 * @typedef {{ name: 'connecting' } | { name: 'open' } | { name: 'waiting', until: number, hint: string }
 *   | { name: 'refused', reason: string } | { name: 'left' }} SocketState
 * @typedef {{ event: string, data: any }} ChatEvent
 * @typedef {{ onEvent(event: ChatEvent): void, onState(state: SocketState): void }} Listener
 * @typedef {{ probe(url: URL): Promise<Probe>, random(): number }} Surroundings
 * @typedef {{ refusal?: string, hint?: string }} Probe
 */

export class ChatSocket {
  /** @type {WebSocketClient} */ #client
  /** @type {SocketState} */ #state = { name: 'connecting' }
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
    this.#client = new WebSocketClient(url, {
      handshakeTimeout: CONNECT_TIMEOUT,
      // Half a second at most, then twice as long each time, up to half a minute; each wait is a random part of that
      reconnect: { initialDelay: 500, final: ({ code }) => isFinal(code) },
      // What is said must be seen to go out, or stay in the box
      queueWhileDisconnected: false,
      random: () => surroundings.random(),
    })
    this.#client.on('message', (text) => this.#received(text))
    this.#client.on('close', ({ code, reason, final }) => final && this.#refused(code, reason))
    this.#client.on('reconnecting', ({ delay }) => this.#lost(delay))
    this.#enter(this.#state)
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
    return this.isOpen && this.#client.send(JSON.stringify({ event, data }))
  }

  /** Does not wait for the timer when it is waiting. */
  retryNow() {
    if (this.#state.name !== 'waiting') return
    this.#client.reconnect()
    this.#enter({ name: 'connecting' })
  }

  leave() {
    this.#end({ name: 'left' })
  }

  /** @param {unknown} text */
  #received(text) {
    const event = parseEvent(text)
    if (!event || this.#isOver) return
    if (event.event === 'welcome') this.#enter({ name: 'open' })
    this.#listener.onEvent(event)
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #refused(code, reason) {
    if (!this.#isOver && isFinal(code)) this.#enter({ name: 'refused', reason: reason || 'The server closed the connection.' })
  }

  /** @param {number} delay */
  async #lost(delay) {
    const { isOpen } = this
    this.#enter({ name: 'waiting', until: Date.now() + delay, hint: '' })
    if (!isOpen) this.#explain(await this.#surroundings.probe(this.#url))
  }

  /**
   * A browser hides why a handshake failed, so the room was asked over plain HTTP.
   * @param {Probe} probe
   */
  #explain({ refusal, hint }) {
    if (this.#state.name !== 'waiting') return
    if (refusal) this.#end({ name: 'refused', reason: refusal })
    else if (hint) this.#enter({ ...this.#state, hint })
  }

  get #isOver() {
    return this.#state.name === 'left' || this.#state.name === 'refused'
  }

  /** @param {SocketState} state the last one */
  #end(state) {
    this.#enter(state)
    void this.#client.close()
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
