// Remembers the visitor. The tab remembers who it is and where (so a reload comes back); the browser only the last name, to prefill.

/**
 * @typedef {{ name: string, room: string }} Member
 */

const TAB = 'tocsin.member'
const NAME = 'tocsin.name'

/** @param {Member} member */
export function remember(member) {
  attempt(() => sessionStorage.setItem(TAB, JSON.stringify(member)))
  attempt(() => localStorage.setItem(NAME, member.name))
}

export function forget() {
  attempt(() => sessionStorage.removeItem(TAB))
}

/** @returns {Member | undefined} */
export function remembered() {
  const stored = attempt(() => JSON.parse(sessionStorage.getItem(TAB) ?? 'null'))
  return typeof stored?.name === 'string' && typeof stored.room === 'string' ? stored : undefined
}

/** @returns {string} */
export function lastName() {
  return attempt(() => localStorage.getItem(NAME)) ?? ''
}

/**
 * Storage may be forbidden or full; the chat works without it.
 * @template T
 * @param {() => T} action
 * @returns {T | undefined}
 */
function attempt(action) {
  try {
    return action()
  } catch (error) {
    console.info('Nothing is remembered:', error)
    return undefined
  }
}
