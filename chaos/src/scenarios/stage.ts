// A server and its receivers, in processes of their own, for one scenario.
import { Child } from '../process/child.js'
import { SERVER_ARGUMENTS } from '../suite.js'
import type { Check } from '../verdict.js'
import type { Received, ReceiversTask } from './receivers-load.js'
import type { Held, SendingTask } from './serve.js'

/** What a scenario found: figures for the page, and what had to hold. */
export interface ScenarioResult {
  readonly name: string
  readonly does: string
  readonly figures: Readonly<Record<string, string>>
  readonly checks: readonly Check[]
}

export class Stage implements AsyncDisposable {
  readonly #children: Child[] = []
  readonly #server: Child
  #port = 0

  constructor(task: SendingTask) {
    this.#server = this.#start('scenarios/serve.js', task, SERVER_ARGUMENTS)
  }

  #start(file: string, task: object, nodeArguments: readonly string[] = []): Child {
    const child = new Child(file, { name: file, task, nodeArguments })
    this.#children.push(child)
    return child
  }

  async listen(): Promise<void> {
    this.#port = await this.#server.ask<number>('listen')
  }

  async receivers(task: Omit<ReceiversTask, 'port'>): Promise<Receivers> {
    const child = this.#start('scenarios/receivers-load.js', { ...task, port: this.#port } satisfies ReceiversTask)
    await child.ask('open')
    return new Receivers(child)
  }

  held(): Promise<Held> {
    return this.#server.ask<Held>('held')
  }

  /** @returns how many connections accepted it */
  broadcast(size: number): Promise<number> {
    return this.#server.ask<number>('broadcast', size)
  }

  /** @returns how many messages went to each */
  unicast(size: number, most = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.#server.ask<number>('unicast', { size, most })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()))
  }
}

export class Receivers {
  readonly #child: Child

  constructor(child: Child) {
    this.#child = child
  }

  /** Waits until so many messages have come to each of them. */
  has(messages: number): Promise<Received> {
    return this.#child.ask<Received>('has', { messages, patience: 120_000 })
  }
}
