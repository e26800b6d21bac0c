// The process of the bad clients: each kind in its lane, as many at once as its share, attack after attack. Asked by src/suite.ts.
import { BAD_CLIENTS } from '../bad/index.js'
import type { BadClient } from '../bad/bad-client.js'
import { answerWith, note, taskOf } from '../process/answering.js'
import { eventually, pause } from '../process/pause.js'
import { count } from '../server/ledger.js'
import type { Deadlines } from '../server/task.js'
import { ChaosWorld } from './world.js'

export interface BadTask {
  readonly port: number
  readonly deadlines: Deadlines
  /** For what the server does to a client, in ms. */
  readonly patience: number
  /** All kinds together, at any time. */
  readonly count: number
  readonly kinds: readonly string[]
  readonly seed: number
}

/** What became of the attacks of each kind. */
export type Outcomes = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Once a second. */
export interface BadNote {
  readonly at: number
  readonly running: number
  readonly attacks: number
}

const { port, deadlines, patience, count: atOnce, kinds, seed } = taskOf<BadTask>()
const clients = BAD_CLIENTS.filter(({ name }) => kinds.includes(name))
const outcomes: Record<string, Record<string, number>> = {}
const random = randomFrom(seed)
let [isRunning, running, attacks] = [false, 0, 0]
let lanes: Promise<unknown> = Promise.resolve()
let [rest, goOn]: [Promise<void>, () => void] = [Promise.resolve(), () => {}]

answerWith({
  start() {
    isRunning = true
    lanes = Promise.all(clients.flatMap((client) => Array.from({ length: widthOf(client) }, () => lane(client))))
    setInterval(() => note({ at: Date.now(), running, attacks } satisfies BadNote), 1000)
  },
  /** No new attacks for now. Answers when there is none. */
  async rest() {
    rest = new Promise((resolve) => { goOn = resolve })
    await eventually(() => running === 0, 3 * patience)
  },
  goOn: () => goOn(),
  /** No new attacks; those under way come to their end. */
  async stop() {
    isRunning = false
    await lanes
    return outcomes
  },
  /** One attack of each kind that does not wait for a deadline, so that the server has seen everything once. */
  async once() {
    await Promise.all(clients.map((client) => attack(client)))
    for (const kind of Object.keys(outcomes)) delete outcomes[kind]
  },
})

/** How many of a kind there are at once. */
function widthOf({ share = 1, herd }: BadClient): number {
  if (herd !== undefined) return 1
  const herds = clients.reduce((sum, each) => sum + (each.herd ?? 0), 0)
  const shares = clients.reduce((sum, each) => sum + (each.herd === undefined ? (each.share ?? 1) : 0), 0)
  return Math.max(1, Math.round(((atOnce - herds) * share) / shares))
}

async function lane(client: BadClient): Promise<void> {
  while (isRunning) {
    await attack(client)
    await rest
  }
}

async function attack(client: BadClient): Promise<void> {
  const world = new ChaosWorld({ kind: client.name, port, deadlines, patience, random, index: attacks++ })
  running++
  try {
    const outcome = await Promise.race([client.attack(world), tooLate()])
    count((outcomes[client.name] ??= {}), outcome)
  } catch (error) {
    count((outcomes[client.name] ??= {}), `failed: ${(error as Error).message}`)
    await pause(100)
  } finally {
    world.end()
    running--
  }
}

/** Whatever the server does, a client is done by then: otherwise this suite is wrong. */
async function tooLate(): Promise<string> {
  await pause(3 * patience, { ref: false })
  return 'failed: the attack does not end'
}

/** The same attacks for the same seed, as far as the order of events allows (xorshift32). */
function randomFrom(start: number): () => number {
  let state = start | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
