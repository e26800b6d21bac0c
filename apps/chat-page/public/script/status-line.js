// Tells how the connection is: one word in the bar, and when there is trouble a line with the wait and a way to hurry it.

import { byId } from './dom.js'

/** @typedef {import('./chat-socket.js').SocketState} SocketState */

const WORDS = { connecting: 'Connecting', open: 'Connected', waiting: 'Reconnecting', refused: 'Not connected', left: 'Left' }

export class StatusLine {
  #status = byId('status')
  #trouble = byId('trouble')
  #text = byId('trouble-text')
  #wait = byId('trouble-wait')
  /** @type {ReturnType<typeof setInterval> | undefined} */ #ticking

  /** @param {() => void} onRetry */
  constructor(onRetry) {
    byId('retry').addEventListener('click', onRetry)
  }

  /** @param {SocketState} state */
  show(state) {
    clearInterval(this.#ticking)
    this.#status.textContent = WORDS[state.name]
    this.#status.dataset.state = state.name
    if (state.name === 'waiting') this.#waiting(state)
    else if (state.name === 'connecting') this.#wait.textContent = 'Trying now'
    else this.#trouble.hidden = true
  }

  /** @param {{ until: number, hint: string }} state */
  #waiting({ until, hint }) {
    this.#trouble.hidden = false
    this.#text.textContent = hint || 'The connection is lost.'
    this.#countDown(until)
    this.#ticking = setInterval(() => this.#countDown(until), 500)
  }

  /** @param {number} until */
  #countDown(until) {
    const seconds = Math.ceil((until - Date.now()) / 1000)
    this.#wait.textContent = seconds > 0 ? `Trying again in ${seconds} s` : 'Trying now'
  }
}
