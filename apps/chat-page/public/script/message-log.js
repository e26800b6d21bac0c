// The log of a room: grouped messages, announcements, who came and went. Follows the end only while the reader is there.

import { element } from './dom.js'
import { continuesGroup, hueOf, initialOf, presenceLine, splitLinks } from './grouping.js'

const LONGEST_LOG = 500
const NEAR_THE_END = 40
const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

export class MessageLog {
  #log
  #newer
  #isFollowing = true
  #unread = 0
  /** @type {import('./grouping.js').Row | undefined} */ #last

  /**
   * @param {HTMLElement} log scrolls
   * @param {HTMLElement} newer the button that leads to the end
   */
  constructor(log, newer) {
    this.#log = log
    this.#newer = newer
    log.addEventListener('scroll', () => this.#scrolled())
    newer.addEventListener('click', () => this.toEnd())
    new ResizeObserver(() => this.#isFollowing && this.toEnd()).observe(log)
  }

  /** @param {string} room */
  reset(room) {
    this.#last = undefined
    this.#log.replaceChildren(element('p', { class: 'empty', text: `You are in #${room}. Earlier messages are not kept. Say hello.` }))
    this.toEnd()
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight
    this.#scrolled()
  }

  /** @param {{ from: string, text: string, isOwn: boolean }} said */
  said({ from, text, isOwn }) {
    const at = Date.now()
    const group = continuesGroup(this.#last, { from, at }) ? this.#log.lastElementChild : null
    if (group) this.#change(() => group.append(bubble(text, from)))
    else this.#append(groupOf({ from, text, isOwn, at }))
    this.#last = { kind: 'said', from, at }
    this.#count()
  }

  /** @param {string} text */
  announcement(text) {
    const bell = element('img')
    bell.src = 'icon.svg'
    bell.alt = ''
    const head = element('p', { class: 'head' }, element('b', { text: 'Announcement' }), timeOf(Date.now()))
    this.#append(element('section', { class: 'announcement' }, bell, head, textOf(text)))
    this.#last = { kind: 'other' }
    this.#count()
  }

  /**
   * @param {'joined' | 'left'} kind
   * @param {string} name
   */
  presence(kind, name) {
    const last = this.#last
    const line = last?.kind === kind ? this.#log.lastElementChild : null
    const names = line && last?.kind === kind ? [...last.names, name] : [name]
    const text = presenceLine(names, kind)
    if (line) line.textContent = text
    else this.#append(element('p', { class: 'event', dir: 'auto', text }))
    this.#last = { kind, names, at: Date.now() }
  }

  /** @param {string} text */
  note(text) {
    this.#append(element('p', { class: 'event', text }))
    this.#last = { kind: 'other' }
  }

  /** @param {HTMLElement} row */
  #append(row) {
    this.#change(() => {
      this.#log.append(row)
      while (this.#log.childElementCount > LONGEST_LOG) this.#log.firstElementChild?.remove()
    })
  }

  /** @param {() => void} change */
  #change(change) {
    const wasFollowing = this.#isFollowing
    change()
    if (wasFollowing) this.toEnd()
  }

  #count() {
    if (this.#isFollowing) return
    this.#unread++
    this.#newer.textContent = this.#unread === 1 ? '1 new message' : `${this.#unread} new messages`
    this.#newer.hidden = false
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log
    this.#isFollowing = scrollHeight - scrollTop - clientHeight < NEAR_THE_END
    if (!this.#isFollowing) return
    this.#unread = 0
    this.#newer.hidden = true
  }
}

/** @param {{ from: string, text: string, isOwn: boolean, at: number }} said */
function groupOf({ from, text, isOwn, at }) {
  const avatar = element('span', { class: 'avatar', text: initialOf(from) })
  avatar.dataset.hue = String(hueOf(from))
  avatar.ariaHidden = 'true'
  const head = element('p', { class: 'head' }, element('b', { dir: 'auto', text: from }), timeOf(at))
  return element('section', { class: isOwn ? 'group own' : 'group' }, avatar, head, bubble(text))
}

/**
 * @param {string} text
 * @param {string} [from] said again for those who hear the log: they get each message alone
 */
function bubble(text, from) {
  const line = textOf(text)
  if (from) line.prepend(element('span', { class: 'unseen', text: `${from}: ` }))
  return line
}

/** @param {string} text */
function textOf(text) {
  const pieces = splitLinks(text).map((piece) => piece.isLink ? linkOf(piece.text) : document.createTextNode(piece.text))
  return element('p', { class: 'text', dir: 'auto' }, ...pieces)
}

/** @param {string} address begins with http:// or https:// */
function linkOf(address) {
  const link = element('a', { text: address })
  link.href = address
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
  return link
}

/** @param {number} at */
function timeOf(at) {
  const time = element('time', { text: clockTime.format(at) })
  time.dateTime = new Date(at).toISOString()
  time.title = fullTime.format(at)
  return time
}
