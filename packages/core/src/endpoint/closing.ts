// Ending many connections together: Close to each, in batches, their `close` handlers awaited, up to a deadline, then TCP is cut.
// Knows connections and time.
import { type Connection, WIRE } from '../connection/connection.js'
import { type Seat, SEAT } from '../connection/seat.js'
import { diagnostics, type DrainDiagnostic } from '../diagnostics.js'
import { Deadline } from '../dispatcher/deadline.js'
import type { ClosingOrder } from '../dispatcher/server-closing.js'
import type { Runtime } from '../runtime.js'
import { Spread } from './spread.js'

interface Waiter<Member> {
  readonly remaining: Set<Member>
  readonly finish: () => void
}

/** So many get their Close at once, whatever comes of it. */
const AT_ONCE = 100
/** Beyond that, in ms for each: 2,000 a second. */
const PER_CONNECTION = 0.5

/** Connections whose `close` handlers have not settled, and who waits for them. */
export class Lingering<Member extends Connection<unknown>> {
  readonly #endpoint: string
  /** With the servers that they came through. */
  readonly #members = new Map<Seat<Member>, object>()
  readonly #waiters = new Set<Waiter<Member>>()

  /** @param endpoint its name */
  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  add(member: Member, origin: object): void {
    this.#members.set(member[SEAT], origin)
  }

  /** Its `close` handlers have settled. */
  delete(member: Member): void {
    this.#members.delete(member[SEAT])
    for (const { remaining, finish } of this.#waiters) {
      if (remaining.delete(member) && remaining.size === 0) finish()
    }
  }

  /** Closes the chosen ones. Resolves when they are gone and their handlers have settled, or soon after the deadline. */
  async close(runtime: Runtime, order: ClosingOrder, isChosen: (member: Member, origin: object) => boolean): Promise<void> {
    const chosen = new Set<Member>()
    for (const [{ member }, origin] of this.#members) if (member !== undefined && isChosen(member, origin)) chosen.add(member)
    this.#announce('begin', chosen)
    if (chosen.size > 0) await this.#end(runtime, order, chosen)
    this.#announce('end', chosen)
  }

  #announce(phase: DrainDiagnostic['phase'], remaining: ReadonlySet<Member>): void {
    if (diagnostics.drain.hasSubscribers) diagnostics.drain.publish({ endpoint: this.#endpoint, phase, connections: remaining.size })
  }

  #end(runtime: Runtime, order: ClosingOrder, remaining: Set<Member>): Promise<void> {
    const { code, reason, deadline, spread = defaultSpread(remaining.size, deadline) } = order
    const endsAt = runtime.clock.now() + deadline
    const closing = new Spread(runtime, remaining, {
      duration: spread,
      act: (member) => member.closeWithin({ code, reason }, endsAt - runtime.clock.now()),
    })
    return new Promise((resolve) => {
      const timer = new Deadline(runtime, () => {
        this.#announce('deadline', remaining)
        for (const member of remaining) member[WIRE].onCloseDeadline()
        waiter.finish()
      })
      const finish = (): void => {
        timer.cancel()
        closing.stop()
        this.#waiters.delete(waiter)
        resolve()
      }
      const waiter: Waiter<Member> = { remaining, finish }
      this.#waiters.add(waiter)
      timer.start(deadline)
      closing.run()
    })
  }
}

function defaultSpread(count: number, deadline: number): number {
  return count <= AT_ONCE ? 0 : Math.min(count * PER_CONNECTION, deadline / 2)
}
