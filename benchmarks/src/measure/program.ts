// A child process that is spoken to in lines: a command in, JSON out. When it ends unasked, that is an error with what it last said.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ProgramOptions {
  /** For messages. */
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds until an answer is overdue. @default 60_000 */
  readonly patience?: number
}

type Answer = Readonly<Record<string, number | boolean>>

export class Program {
  readonly #child: ChildProcess
  readonly #name: string
  readonly #patience: number
  readonly #answers: Answer[] = []
  #complaint = ''
  #failure: Error | undefined
  #wake: (() => void) | undefined
  readonly #gone: Promise<void>

  constructor([command, ...args]: readonly [string, ...string[]], options: ProgramOptions) {
    this.#name = options.name
    this.#patience = options.patience ?? 60_000
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.env } })
    this.#child.stderr!.on('data', (text) => { this.#complaint = `${this.#complaint}${String(text)}`.slice(-2000) })
    this.#child.stdin!.on('error', () => {}) // it has ended: 'close' says so
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#onLine(line))
    this.#gone = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#fail(new Error(`${this.#name} ended (${why}): ${this.#complaint.trim()}`))
        resolve()
      }
      this.#child.once('error', (error) => end(error.message))
      this.#child.once('close', (code, signal) => end(String(signal ?? code)))
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** What it has written to stderr, its end. */
  get complaint(): string {
    return this.#complaint
  }

  /** Sends a command, and waits for its answer. */
  ask(command: string): Promise<Answer> {
    this.#child.stdin!.write(`${command}\n`)
    return this.answer()
  }

  /** The next line of JSON. */
  async answer(): Promise<Answer> {
    const overdue = setTimeout(() => this.#fail(new Error(`${this.#name} does not answer`)), this.#patience)
    try {
      while (this.#answers.length === 0) {
        if (this.#failure !== undefined) throw this.#failure
        await new Promise<void>((resolve) => { this.#wake = resolve })
      }
      return this.#answers.shift()!
    } finally {
      clearTimeout(overdue)
    }
  }

  /** @returns resolves when it is gone */
  stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    return this.#gone
  }

  /** Other lines are none of ours: some frameworks are talkative. */
  #onLine(line: string): void {
    if (!line.startsWith('{"')) return
    this.#answers.push(JSON.parse(line) as Answer)
    this.#wake?.()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake?.()
  }
}
