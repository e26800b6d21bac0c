// The end of a server: whoever has connections through it is told, requests in flight may finish, and at the deadline what is
// left is cut off. It must not know what those connections are.
import type { Server } from 'node:http'
import { Deadline, type Scheduler } from './deadline.js'
import { overrideClose, type UpgradeServer } from './upgrade-server.js'

/** How everything that uses a server is to end. What peers are told, and over which time, is not the dispatcher's business. */
export interface ClosingOrder {
  readonly code: number
  readonly reason: string
  readonly spread?: number | undefined
  /** By when all is over, in ms from the end of `readinessDelay`. */
  readonly deadline: number
  /** For so long everything goes on; only who asks hears that it will end. In ms from now. */
  readonly readinessDelay?: number
}

/** Without an order, `server.close()` was called, and only this server ends; with one, its result is awaited. */
export type CloseListener = (order: ClosingOrder | undefined) => unknown

/** How often connections that have become idle are looked for, in ms: Node keeps each of them for its `keepAliveTimeout`. */
const IDLE_SWEEP = 200

interface Ending {
  /** Those that were told are done. */
  readonly told: Promise<void>
  /** The server has stopped as well. */
  readonly over: Promise<void>
  /** Who ordered it leaves it to us to close the server. */
  readonly closesServer: boolean
}

export class ServerClosing {
  readonly #server: UpgradeServer
  readonly #scheduler: Scheduler
  readonly #listeners = new Set<CloseListener>()
  #isClosed = false
  #isRefusing = false
  #order: ClosingOrder | undefined
  #ending: Ending | undefined

  constructor(server: UpgradeServer, scheduler: Scheduler) {
    this.#server = server
    this.#scheduler = scheduler
    overrideClose(server, () => this.#onClose())
    server.on('listening', () => { this.#isClosed = false })
  }

  /** `close()` was called, and the server does not listen again. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Nothing has been heard of an end. */
  get isReady(): boolean {
    return !this.#isClosed && this.#order === undefined
  }

  /** An order to end everything is carried out: no framework has to be asked any more. */
  get isRefusing(): boolean {
    return this.#isRefusing
  }

  /** One that comes when everything ends already is told at once. @returns takes it off again */
  add(listener: CloseListener): () => void {
    if (this.#order) void listener(this.#order)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** `cutOff` is called at the deadline. The first call counts; resolves when all is over, at the deadline at the latest. */
  close(order: ClosingOrder, cutOff: () => void): Promise<void> {
    if (this.#ending?.closesServer === false && this.#server.listening) this.#server.close()
    this.#ending ??= this.#end(order, { cutOff, closesServer: true })
    return this.#ending.over
  }

  /** The same where somebody else closes the server afterwards: resolves when those that were told are done. */
  drain(order: ClosingOrder, cutOff: () => void): Promise<void> {
    this.#ending ??= this.#end(order, { cutOff, closesServer: false })
    return this.#ending.told
  }

  #end(order: ClosingOrder, { cutOff, closesServer }: { cutOff(): void; closesServer: boolean }): Ending {
    const { deadline, readinessDelay = 0 } = order
    this.#order = order
    const stopped = new Promise<void>((resolve) => {
      if (!closesServer) this.#server.once('close', () => resolve())
      this.#after(readinessDelay, () => {
        this.#isRefusing = true
        if (closesServer) this.#server.close(() => resolve())
      })
    })
    const told = Promise.allSettled([...this.#listeners].map(async (listener) => { await listener(order) }))
    const over = this.#within(readinessDelay + deadline, Promise.all([stopped, told]), cutOff)
    return { told: Promise.race([told.then(() => {}), over]), over, closesServer }
  }

  #after(delay: number, action: () => void): void {
    if (delay > 0) new Deadline(this.#scheduler, action).start(delay)
    else action()
  }

  #within(limit: number, over: Promise<unknown>, cutOff: () => void): Promise<void> {
    // An http2 server has neither
    const server = this.#server as Partial<Pick<Server, 'closeIdleConnections' | 'closeAllConnections'>>
    return new Promise((resolve) => {
      const sweep = new Deadline(this.#scheduler, () => {
        server.closeIdleConnections?.()
        sweep.start(IDLE_SWEEP)
      })
      const deadline = new Deadline(this.#scheduler, () => {
        cutOff()
        server.closeAllConnections?.()
        finish()
      })
      const finish = (): void => {
        sweep.cancel()
        deadline.cancel()
        resolve()
      }
      sweep.start(IDLE_SWEEP)
      deadline.start(limit)
      void over.then(finish)
    })
  }

  #onClose(): void {
    this.#isClosed = true
    if (!this.#order) for (const listener of this.#listeners) void listener(undefined)
  }
}
