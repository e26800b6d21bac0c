// A child process that answers questions over Node's IPC channel. Knows nothing of what is asked.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface ChildOptions {
  /** For messages. */
  readonly name: string
  /** What the child reads with taskOf(). */
  readonly task: object
  readonly nodeArguments?: readonly string[]
  /** Another program that starts Node, with its arguments: `ip netns exec x`. */
  readonly within?: readonly string[]
  /** What it says unasked. */
  onNote?(note: unknown): void
}

/** Question, answer and note, as they travel. */
export interface Question {
  readonly id: number
  readonly ask: string
  readonly input: unknown
}

export type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string } | { readonly note: unknown }

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** Of the build, also when this file is run from its source. */
export function programFile(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))
}

export class Child {
  readonly #process: ChildProcess
  readonly #options: ChildOptions
  readonly #waiting = new Map<number, Waiting>()
  readonly #gone: Promise<void>
  #asked = 0
  #complaint = ''
  #end: Error | undefined

  constructor(file: string, options: ChildOptions) {
    this.#options = options
    const command = [...(options.within ?? []), process.execPath, ...(options.nodeArguments ?? []), programFile(file), JSON.stringify(options.task)]
    this.#process = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#process.stderr!.on('data', (text) => { this.#complaint = `${this.#complaint}${String(text)}`.slice(-4000) })
    this.#process.on('message', (reply: Reply) => this.#onReply(reply))
    this.#gone = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#fail(new Error(`${options.name} ended (${why}): ${this.#complaint.trim()}`))
        resolve()
      }
      this.#process.once('error', (error) => end(error.message))
      this.#process.once('close', (code, signal) => end(String(signal ?? code)))
    })
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** The end of what it has written to stderr. */
  get complaint(): string {
    return this.#complaint
  }

  /** @throws Error what the child threw, or that it has ended */
  ask<Answer = void>(question: string, input?: unknown): Promise<Answer> {
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end)
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject })
      this.#process.send({ id, ask: question, input } satisfies Question, (error) => { if (error !== null) this.#settle(id)?.reject(error) })
    })
  }

  /** @returns resolves when it is gone */
  stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    return this.#gone
  }

  #onReply(reply: Reply): void {
    if ('note' in reply) return this.#options.onNote?.(reply.note)
    const waiting = this.#settle(reply.id)
    if ('failure' in reply) waiting?.reject(new Error(`${this.#options.name}: ${reply.failure}`))
    else waiting?.resolve(reply.answer)
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #fail(error: Error): void {
    this.#end ??= error
    for (const id of this.#waiting.keys()) this.#settle(id)!.reject(this.#end)
  }
}
