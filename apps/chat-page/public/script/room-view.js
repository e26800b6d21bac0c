// The second view: one room, as long as the visitor stays. Joins the socket to the log, the people, the composer and the status.

import { AnnounceForm } from './announce-form.js'
import { ChatSocket } from './chat-socket.js'
import { Composer } from './composer.js'
import { byId } from './dom.js'
import { MessageLog } from './message-log.js'
import { People } from './people.js'
import { probeRoom } from './probe.js'
import { StatusLine } from './status-line.js'
import { Unread } from './unread.js'

/**
 * @typedef {import('./memory.js').Member} Member
 * @typedef {import('./chat-socket.js').SocketState} SocketState
 * @typedef {import('./chat-socket.js').ChatEvent} ChatEvent
 */

export class RoomView {
  #view = byId('room')
  #log = new MessageLog(byId('log'), byId('newer'))
  #people = new People()
  #announce = new AnnounceForm()
  #composer = new Composer((text) => this.#say(text))
  #status = new StatusLine(() => this.#socket?.retryNow())
  #unread = new Unread()
  /** @type {ChatSocket | undefined} */ #socket
  /** @type {Member} */ #member = { name: '', room: '' }
  /** @type {string[]} */ #unconfirmed = []
  #wasLost = false
  #onLeave

  /** @param {(member: Member, problem?: string) => void} onLeave a problem: the server did not let us in */
  constructor(onLeave) {
    this.#onLeave = onLeave
    byId('leave').addEventListener('click', () => this.#leave())
    this.#view.addEventListener('keydown', (event) => this.#keyed(event))
    addEventListener('online', () => this.#socket?.retryNow())
    document.addEventListener('visibilitychange', () => document.hidden || this.#socket?.retryNow())
  }

  /** @param {Member} member */
  enter(member) {
    this.#member = member
    this.#unconfirmed = []
    this.#wasLost = false
    this.#view.hidden = false
    byId('room-title').textContent = `#${member.room}`
    this.#unread.reset(`#${member.room}`)
    this.#log.reset(member.room)
    this.#people.show([], member.name)
    this.#people.close()
    this.#announce.reset()
    this.#composer.reset(member.room)
    this.#composer.focus()
    this.#connect()
  }

  #connect() {
    const listener = { onEvent: this.#received.bind(this), onState: this.#changed.bind(this) }
    this.#socket = new ChatSocket(roomUrl(this.#member), listener, { probe: probeRoom, random: () => Math.random() })
  }

  /** @param {string} [problem] */
  #leave(problem) {
    this.#socket?.leave()
    this.#socket = undefined
    this.#view.hidden = true
    this.#onLeave(this.#member, problem)
  }

  /** @param {string} text */
  #say(text) {
    this.#log.toEnd()
    if (!this.#socket?.send('say', { text })) return false
    this.#unconfirmed.push(text)
    return true
  }

  /** @param {ChatEvent} event */
  #received({ event, data }) {
    if (Array.isArray(data.online)) this.#people.show(data.online, this.#member.name)
    if (event === 'said') this.#said(data)
    else if (event === 'announcement') {
      this.#log.announcement(String(data.text))
      this.#unread.add()
    } else if (event === 'joined' || event === 'left') this.#log.presence(event, String(data.name))
    else if (event === 'error') this.#refusedMessage(String(data.message))
  }

  /** @param {{ from: string, text: string }} said */
  #said({ from, text }) {
    const isOwn = from === this.#member.name
    if (isOwn) this.#confirm(text)
    else this.#unread.add()
    this.#log.said({ from, text, isOwn })
  }

  /** @param {string} text */
  #confirm(text) {
    const index = this.#unconfirmed.indexOf(text)
    if (index >= 0) this.#unconfirmed.splice(index, 1)
  }

  /** @param {string} message */
  #refusedMessage(message) {
    this.#composer.warn(message)
    this.#composer.giveBack(this.#unconfirmed.shift() ?? '')
  }

  /** @param {SocketState} state */
  #changed(state) {
    this.#status.show(state)
    if (state.name === 'refused') this.#leave(state.reason)
    else if (state.name === 'waiting') this.#lost()
    else if (state.name === 'open') this.#opened()
  }

  #lost() {
    const text = this.#unconfirmed.join('\n')
    this.#unconfirmed = []
    if (text !== '') {
      this.#composer.giveBack(text)
      this.#composer.warn('The connection broke while you were sending. Your text may not have arrived.')
    }
    this.#wasLost = true
  }

  #opened() {
    if (this.#wasLost) this.#log.note('You are back. What was said meanwhile is not shown.')
    this.#wasLost = false
    this.#composer.backOnline()
  }

  /**
   * Escape always leads back to the message box, closing what is open on the way.
   * @param {KeyboardEvent} event
   */
  #keyed(event) {
    if (event.key !== 'Escape' || event.isComposing) return
    this.#people.close()
    this.#composer.warn()
    this.#composer.focus()
  }
}

/** @param {Member} member */
function roomUrl({ name, room }) {
  const url = new URL(`rooms/${encodeURIComponent(room)}`, document.baseURI)
  url.searchParams.set('name', name)
  return url
}
