// Builds elements. Text goes in as text: nothing on this page ever parses HTML from a string.

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no element #${id}`)
  return /** @type {T} */ (found)
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{ class?: string, text?: string, dir?: string }} [options]
 * @param {...Node} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, options = {}, ...children) {
  const made = document.createElement(tag)
  if (options.class) made.className = options.class
  if (options.dir) made.dir = options.dir
  if (options.text !== undefined) made.textContent = options.text
  made.append(...children)
  return made
}

/**
 * Shows a text in a line that is hidden while it has none.
 * @param {HTMLElement} line
 * @param {string} [text]
 */
export function tell(line, text = '') {
  line.textContent = text
  line.hidden = text === ''
}
