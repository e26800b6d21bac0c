// The first view: who are you, and where to. Hands over a member whose name and room look right.

import { byId, tell } from './dom.js'
import { problemWith } from './rules.js'

/** @typedef {import('./memory.js').Member} Member */

export class JoinForm {
  #view = byId('join')
  #problem = byId('join-error')
  /** @type {{ name: HTMLInputElement, room: HTMLInputElement }} */ #fields = { name: byId('name'), room: byId('room-name') }

  /** @param {(member: Member) => void} onJoin */
  constructor(onJoin) {
    byId('join-form').addEventListener('submit', (event) => {
      event.preventDefault()
      if (this.#check()) onJoin(this.#member())
    })
    for (const field of Object.values(this.#fields)) field.addEventListener('input', () => field.removeAttribute('aria-invalid'))
  }

  /**
   * @param {Partial<Member>} member
   * @param {string} [problem]
   */
  show(member, problem) {
    document.title = 'Tocsin chat'
    this.#view.hidden = false
    if (member.name) this.#fields.name.value = member.name
    if (member.room) this.#fields.room.value = member.room
    if (problem) tell(this.#problem, problem)
    else this.#clear()
    this.#fields.name.focus()
  }

  hide() {
    this.#view.hidden = true
    this.#clear()
  }

  #check() {
    this.#clear()
    const problem = problemWith(this.#member())
    if (!problem) return true
    tell(this.#problem, problem.text)
    this.#fields[problem.field].setAttribute('aria-invalid', 'true')
    this.#fields[problem.field].focus()
    return false
  }

  #clear() {
    tell(this.#problem)
    for (const field of Object.values(this.#fields)) field.removeAttribute('aria-invalid')
  }

  /** @returns {Member} */
  #member() {
    return { name: this.#fields.name.value.trim(), room: this.#fields.room.value.trim() }
  }
}
