// Counts in the title of the tab what came while nobody was looking.

export class Unread {
  #title = document.title
  #count = 0

  constructor() {
    document.addEventListener('visibilitychange', () => this.reset(this.#title))
  }

  /** @param {string} title */
  reset(title) {
    this.#title = title
    this.#count = 0
    document.title = title
  }

  add() {
    if (document.hidden) document.title = `(${++this.#count}) ${this.#title}`
  }
}
