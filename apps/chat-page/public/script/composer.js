// The box one writes in. Enter sends, Shift+Enter makes a new line; a text that could not be sent stays in the box.

import { byId, tell } from './dom.js'

const TELL_WHEN_LEFT = 200
const NOT_CONNECTED = 'Not connected. Your text stays here until you are back.'

export class Composer {
  /** @type {HTMLTextAreaElement} */ #text = byId('text')
  #form = byId('composer')
  #leftOver = byId('left-over')
  #notice = byId('notice')

  /** @param {(text: string) => boolean} onSay true: it went out */
  constructor(onSay) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit(onSay)
    })
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit(onSay)
    })
    this.#text.addEventListener('input', () => this.#changed())
  }

  /** @param {string} room */
  reset(room) {
    this.#text.placeholder = `Message #${room}`
    this.#put('')
    this.warn()
  }

  focus() {
    this.#text.focus()
  }

  /** @param {string} [problem] none: takes the last one back */
  warn(problem) {
    tell(this.#notice, problem)
  }

  backOnline() {
    if (this.#notice.textContent === NOT_CONNECTED) this.warn()
  }

  /**
   * Gives a text back that may not have arrived, unless something new stands in the box.
   * @param {string} text
   */
  giveBack(text) {
    if (this.#text.value === '') this.#put(text)
  }

  /** @param {(text: string) => boolean} onSay */
  #submit(onSay) {
    const text = this.#text.value.trim()
    if (text === '') return
    const isSent = onSay(text)
    this.warn(isSent ? '' : NOT_CONNECTED)
    if (isSent) this.#put('')
  }

  /** @param {string} text */
  #put(text) {
    this.#text.value = text
    this.#changed()
  }

  #changed() {
    const left = this.#text.maxLength - this.#text.value.length
    this.#leftOver.textContent = left < TELL_WHEN_LEFT ? `${left} characters left` : ''
    this.#text.style.height = 'auto'
    const borders = this.#text.offsetHeight - this.#text.clientHeight
    this.#text.style.height = `${this.#text.scrollHeight + borders}px`
  }
}
