// Ending many connections together: Close to each, their `close` handlers awaited, up to a deadline, then TCP is cut.
// Knows connections and time.
import { type Connection, WIRE } from '../connection/connection.js'
import type { CloseOptions } from './close-options.js'
import { Deadline } from '../dispatcher/deadline.js'
import type { Runtime } from '../runtime.js'

interface Waiter<Member> {
  readonly remaining: Set<Member>
  readonly finish: () => void
}

/** Connections whose `close` handlers have not settled, and who waits for them. */
export class Lingering<Member extends Connection<unknown>> {
  readonly #members = new Set<Member>()
  readonly #waiters = new Set<Waiter<Member>>()

  add(member: Member): void {
    this.#members.add(member)
  }

  /** Its `close` handlers have settled. */
  delete(member: Member): void {
    this.#members.delete(member)
    for (const { remaining, finish } of this.#waiters) {
      if (remaining.delete(member) && remaining.size === 0) finish()
    }
  }

  /** Closes the chosen ones. Resolves when they are gone and their handlers have settled, or soon after the deadline. */
  close(runtime: Runtime, options: Required<CloseOptions>, isChosen: (member: Member) => boolean): Promise<void> {
    const chosen = new Set([...this.#members].filter(isChosen))
    const { code, reason, deadline } = options
    for (const member of chosen) member[WIRE].closing.start({ code, reason }, deadline)
    return chosen.size === 0 ? Promise.resolve() : this.#settled(runtime, chosen, deadline)
  }

  #settled(runtime: Runtime, remaining: Set<Member>, deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = new Deadline(runtime, () => {
        for (const member of remaining) member.terminate()
        waiter.finish()
      })
      const finish = (): void => {
        timer.cancel()
        this.#waiters.delete(waiter)
        resolve()
      }
      const waiter: Waiter<Member> = { remaining, finish }
      this.#waiters.add(waiter)
      timer.start(deadline)
    })
  }
}
