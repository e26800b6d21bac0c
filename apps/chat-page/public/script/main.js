// The page: the join form, then the room. The address says the room (?room=, and ?name= if you like), so a link leads into it.

import { byId } from './dom.js'
import { JoinForm } from './join-form.js'
import { forget, lastName, remember, remembered } from './memory.js'
import { RoomView } from './room-view.js'
import { problemWith } from './rules.js'

/** @typedef {import('./memory.js').Member} Member */

const join = new JoinForm(enter)
const room = new RoomView((member, problem) => {
  forget()
  join.show(member, problem)
})
byId('copy-link').addEventListener('click', copyLink)
begin()

function begin() {
  const asked = askedFor(new URLSearchParams(location.search))
  const member = { name: asked.name ?? remembered()?.name ?? '', room: asked.room ?? remembered()?.room ?? '' }
  const isKnown = asked.name !== undefined || remembered() !== undefined
  const problem = asked.room === undefined && !isKnown ? undefined : problemWith(member)
  if (isKnown && member.room !== '' && !problem) enter(member)
  else join.show({ room: member.room, name: member.name || lastName() }, problem?.field === 'room' ? problem.text : undefined)
}

/**
 * @param {URLSearchParams} parameters
 * @returns {Partial<Member>}
 */
function askedFor(parameters) {
  const room = parameters.get('room')?.trim()
  const name = parameters.get('name')?.trim()
  return { ...(room ? { room } : {}), ...(name ? { name } : {}) }
}

/** @param {Member} member */
function enter(member) {
  remember(member)
  const address = new URL(location.href)
  if (address.searchParams.get('room') !== member.room || address.searchParams.get('name') !== member.name) {
    history.replaceState(null, '', linkTo(member.room))
  }
  join.hide()
  room.enter(member)
}

/** @param {string} room */
function linkTo(room) {
  const address = new URL(location.pathname, location.href)
  address.searchParams.set('room', room)
  return address.href
}

async function copyLink() {
  const label = byId('copy-label')
  const link = linkTo(remembered()?.room ?? '')
  try {
    await navigator.clipboard.writeText(link)
    label.textContent = 'Copied'
  } catch {
    prompt('Copy this link to the room:', link)
  }
  setTimeout(() => { label.textContent = 'Copy link' }, 2000)
}
