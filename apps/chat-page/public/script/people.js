// Who is online in this room, and the panel that holds the list. On a narrow screen the panel opens and closes.

import { byId, element } from './dom.js'
import { countNames, hueOf, initialOf } from './grouping.js'

export class People {
  #list = byId('people')
  #counts = [byId('people-count'), byId('panel-count')]
  #panel = byId('panel')
  #toggle = byId('panel-toggle')

  constructor() {
    this.#toggle.addEventListener('click', () => this.#open(!this.isOpen))
  }

  get isOpen() {
    return this.#toggle.ariaExpanded === 'true'
  }

  close() {
    this.#open(false)
  }

  /**
   * @param {readonly string[]} names one for each connection in the room
   * @param {string} own
   */
  show(names, own) {
    for (const count of this.#counts) count.textContent = String(names.length)
    this.#list.replaceChildren(...countNames(names).map((person) => itemOf(person, own)))
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.#toggle.ariaExpanded = String(isOpen)
    this.#panel.classList.toggle('open', isOpen)
  }
}

/**
 * @param {{ name: string, times: number }} person
 * @param {string} own
 */
function itemOf({ name, times }, own) {
  const avatar = element('span', { class: 'avatar', text: initialOf(name) })
  avatar.dataset.hue = String(hueOf(name))
  avatar.ariaHidden = 'true'
  const item = element('li', {}, avatar, element('span', { class: 'name', dir: 'auto', text: name }))
  if (times > 1) item.append(element('span', { class: 'hint', text: `${times} times` }))
  if (name === own) item.append(element('span', { class: 'hint', text: 'you' }))
  return item
}
