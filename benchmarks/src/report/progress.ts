// What is seen while it runs: the measurement at hand and the time that is left, on stderr; each row's table as soon as it is there.

export class Progress {
  readonly #stream: NodeJS.WriteStream
  #total = 0
  #done = 0
  #started = 0

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
  }

  start(total: number): void {
    this.#total = total
    this.#started = performance.now()
  }

  /** One more measurement begins. */
  step(what: string): void {
    const elapsed = performance.now() - this.#started
    const left = this.#done === 0 ? '' : `, ${duration((elapsed / this.#done) * (this.#total - this.#done))} left`
    const line = `[${++this.#done}/${this.#total}${left}] ${what}`
    if (this.#stream.isTTY) this.#stream.write(`\r\u001b[2K${line}`)
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[2K')
  }

  /** Where nobody watches, a line now and then is enough. */
  note(): void {
    if (!this.#stream.isTTY) this.#stream.write(`${this.#done}/${this.#total} after ${duration(performance.now() - this.#started)}\n`)
  }
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 90) return `${seconds} s`
  return `${Math.round(seconds / 60)} min`
}
