// Which messages stand together, and the words around them. Pure.

const TOGETHER = 5 * 60_000

/**
 * @typedef {{ kind: 'said', from: string, at: number } | { kind: 'joined' | 'left', names: string[], at: number } | { kind: 'other' }} Row
 */

/**
 * @param {Row | undefined} previous
 * @param {{ from: string, at: number }} next
 */
export function continuesGroup(previous, next) {
  return previous?.kind === 'said' && previous.from === next.from && next.at - previous.at < TOGETHER
}

/**
 * @param {readonly string[]} names
 * @param {'joined' | 'left'} verb
 */
export function presenceLine(names, verb) {
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others ${verb}`
  const last = names.at(-1)
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last} ${verb}` : `${last} ${verb}`
}

/**
 * One entry a name, in order of first appearance.
 * @param {readonly string[]} names
 * @returns {{ name: string, times: number }[]}
 */
export function countNames(names) {
  const counts = new Map()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, times]) => ({ name, times }))
}

/**
 * One of eight hues for a name, always the same one.
 * @param {string} name
 */
export function hueOf(name) {
  let hash = 7
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return hash % 8
}

/** @param {string} name */
export function initialOf(name) {
  return [...name.trim()][0]?.toUpperCase() ?? '?'
}

/**
 * @param {number} reached
 */
export function reachLine(reached) {
  if (reached === 0) return 'It reached nobody: no one is connected.'
  return reached === 1 ? 'It reached 1 person.' : `It reached ${reached} people.`
}

/**
 * Cuts a text into plain pieces and web addresses.
 * @param {string} text
 * @returns {{ text: string, isLink: boolean }[]}
 */
export function splitLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])/i)
    .map((piece, index) => ({ text: piece, isLink: index % 2 === 1 }))
    .filter((piece) => piece.text !== '')
}
