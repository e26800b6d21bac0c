// An announcement is an ordinary HTTP request: any program may send one. The answer says how many connections it reached.

import { byId } from './dom.js'
import { reachLine } from './grouping.js'
import { refusalOf } from './probe.js'

export class AnnounceForm {
  /** @type {HTMLInputElement} */ #text = byId('announce-text')
  #result = byId('announce-result')

  constructor() {
    byId('announce-form').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#announce(this.#text.value.trim())
    })
  }

  reset() {
    this.#text.value = ''
    this.#tell('', false)
  }

  /** @param {string} text */
  async #announce(text) {
    if (text === '') return this.#tell('Write something to announce first.', true)
    this.#tell('Sending', false)
    try {
      this.#tell(reachLine(await broadcast(text)), false)
      this.#text.value = ''
    } catch (error) {
      this.#tell(error instanceof Refused ? error.message : 'The server does not answer. Your text is still here.', true)
    }
  }

  /**
   * @param {string} text
   * @param {boolean} isProblem
   */
  #tell(text, isProblem) {
    this.#result.textContent = text
    this.#result.classList.toggle('wrong', isProblem)
  }
}

class Refused extends Error {}

/**
 * @param {string} text
 * @returns {Promise<number>}
 */
async function broadcast(text) {
  const url = new URL('broadcast', document.baseURI)
  url.searchParams.set('message', text)
  const response = await fetch(url, { cache: 'no-store' })
  if (!response.ok) throw new Refused(await refusalOf(response))
  const { delivered } = await response.json()
  return delivered
}
