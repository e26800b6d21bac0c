// A run: a server, good and idle clients, bad ones for a while, and what is left when all have gone. Every part is a process.
import { Announcer } from './announcer.js'
import { BAD_CLIENTS } from './bad/index.js'
import { Chronicle } from './chronicle.js'
import type { BadTask, Outcomes } from './load/bad-load.js'
import type { GoodTask, Sent } from './load/good-load.js'
import type { Tally } from './load/tally.js'
import type { Plan } from './plan.js'
import { Child } from './process/child.js'
import { eventually, pause } from './process/pause.js'
import type { GoodTally, Run, Second } from './run.js'
import type { Reading } from './server/reading.js'
import type { Delays } from './server/sampler.js'
import { type ServerTask, patienceOf } from './server/task.js'
import { isBackAtStart } from './verdict.js'

export interface Watcher {
  onSecond?(second: Second, attacks: number): void
  onPhase?(phase: string): void
}

/** Collections on demand; counting objects is an experiment of Node's, and would say so on stderr. */
export const SERVER_ARGUMENTS = ['--expose-gc', '--disable-warning=ExperimentalWarning']

const PATIENCE = 30_000

export async function runChaos(plan: Plan, watcher: Watcher = {}): Promise<Run> {
  const suite = new Suite(plan, watcher)
  try {
    return await suite.run()
  } finally {
    await suite.end()
  }
}

class Suite {
  readonly #plan: Plan
  readonly #watcher: Watcher
  readonly #chronicle: Chronicle
  readonly #children: Child[] = []
  readonly #server: Child
  #port = 0

  constructor(plan: Plan, watcher: Watcher) {
    this.#plan = plan
    this.#watcher = watcher
    this.#chronicle = new Chronicle((second) => watcher.onSecond?.(second, this.#chronicle.attacks))
    this.#server = this.#start('server/serve.js', serverTask(plan), { onNote: this.#chronicle.onSample, nodeArguments: SERVER_ARGUMENTS })
  }

  async run(): Promise<Run> {
    this.#port = await this.#server.ask<number>('listen')
    this.#phase('warming up')
    await this.#warmUp()
    const before = await this.#reading()
    const crowds = await this.#openCrowds()
    const { calm, chaos, outcomes, announcer } = await this.#chaos(crowds)
    const [good, idle] = await this.#settle(crowds, announcer)
    const after = await this.#readingAtTheEnd(before)
    const { announced, shouted } = announcer
    const { seconds, marks, rests } = this.#chronicle
    const books = await this.#server.ask<Pick<Run, 'errors' | 'errorCount'> & { entries: Run['ledger'] }>('ledger')
    const { entries: ledger, errors, errorCount } = books
    const delays = { calm, chaos }
    const { complaint } = this.#server
    return { plan: this.#plan, seconds, marks, rests, before, after, delays, good, idle, announced, shouted, outcomes, ledger, errors, errorCount, complaint }
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()))
  }

  #start(file: string, task: object, options: { onNote?: (note: unknown) => void; nodeArguments?: readonly string[] } = {}): Child {
    const child = new Child(file, { name: file, task, ...options })
    this.#children.push(child)
    return child
  }

  #phase(label: string): void {
    this.#watcher.onPhase?.(label)
  }

  #mark(label: string): void {
    this.#chronicle.mark(label)
    this.#phase(label)
  }

  get #patience(): number {
    return this.#plan.patience ?? PATIENCE
  }

  #reading(): Promise<Reading> {
    return this.#server.ask<Reading>('reading')
  }

  /** Everything has been used once: what is made then and kept for good is no leak. */
  async #warmUp(): Promise<void> {
    const good = this.#start('load/good-load.js', this.#crowdTask(20, 1))
    const bad = this.#start('load/bad-load.js', this.#badTask(this.#plan.kinds.filter(isQuick)))
    const announcer = new Announcer(this.#port)
    await good.ask('open')
    await good.ask('start')
    announcer.start()
    await bad.ask('once')
    await announcer.stop()
    await good.ask('stop')
    await good.ask('close')
    await Promise.all([good.stop(), bad.stop()])
    await eventually(async () => (await this.#server.ask<{ connections: number }>('stats')).connections === 0, PATIENCE)
  }

  async #openCrowds(): Promise<readonly [Child, Child]> {
    this.#mark('opening')
    const good = this.#start('load/good-load.js', this.#crowdTask(this.#plan.good, 2), { onNote: this.#chronicle.onGood })
    const idle = this.#start('load/idle-load.js', this.#crowdTask(this.#plan.idle, 3))
    await Promise.all([good.ask('open'), idle.ask('open')])
    return [good, idle]
  }

  async #chaos([good]: readonly [Child, Child]): Promise<{ calm: Delays; chaos: Delays; outcomes: Outcomes; announcer: Announcer }> {
    const { seconds, kinds } = this.#plan
    const bad = this.#start('load/bad-load.js', this.#badTask(kinds), { onNote: this.#chronicle.onBad })
    const announcer = new Announcer(this.#port)
    this.#mark('calm')
    await this.#server.ask('restartDelays')
    await good.ask('start')
    announcer.start()
    await pause(Math.min(15, seconds / 6) * 1000)
    const calm = await this.#server.ask<Delays>('delays')
    this.#mark('bad clients')
    await this.#server.ask('restartDelays')
    await bad.ask('start')
    await this.#whileBad(bad)
    this.#mark('the last bad ones end')
    const outcomes = await bad.ask<Outcomes>('stop')
    const chaos = await this.#server.ask<Delays>('delays')
    this.#mark('calm')
    await bad.stop()
    await pause(Math.min(5, seconds / 6) * 1000)
    return { calm, chaos, outcomes, announcer }
  }

  /** With a rest now and then: what is measured while attacks are under way says how many they are. */
  async #whileBad(bad: Child): Promise<void> {
    const { seconds, restsEvery = Infinity } = this.#plan
    const end = performance.now() + seconds * 1000
    for (let left = seconds * 1000; left > 0; left = end - performance.now()) {
      await pause(Math.min(left, restsEvery))
      if (restsEvery > left) return
      await bad.ask('rest')
      this.#chronicle.rest(await this.#server.ask<number>('held'))
      await bad.ask('goOn')
    }
  }

  async #settle([good, idle]: readonly [Child, Child], announcer: Announcer): Promise<[GoodTally, Tally]> {
    await good.ask('stop')
    await announcer.stop()
    const sent: Sent = { announced: announcer.announced, shouted: announcer.shouted, patience: this.#patience }
    const tallies = await Promise.all([good.ask<GoodTally>('settle', sent), idle.ask<Tally>('settle', sent)])
    this.#mark('closing')
    await Promise.all([good.ask('close'), idle.ask('close')])
    await Promise.all([good.stop(), idle.stop()])
    return tallies
  }

  /** The deadlines of closing run on for a while. */
  async #readingAtTheEnd(before: Reading): Promise<Reading> {
    this.#phase('waiting for what is left')
    let after = await this.#reading()
    await eventually(async () => isBackAtStart(before, after) || isBackAtStart(before, after = await this.#reading()), this.#plan.deadlines.close + this.#patience, 1000)
    return after
  }

  #crowdTask(count: number, network: number): GoodTask {
    return { port: this.#port, count, network }
  }

  #badTask(kinds: readonly string[]): BadTask {
    const { bad, deadlines, seed } = this.#plan
    return { port: this.#port, deadlines, patience: patienceOf(deadlines, this.#patience), count: bad, kinds, seed }
  }
}

function serverTask({ deadlines, flaw, maxBufferedAmount, kinds }: Plan): ServerTask {
  return {
    deadlines,
    // The other end of a network namespace is no loopback address
    ...(kinds.includes('unplugged') && { host: '0.0.0.0' }),
    ...(flaw !== undefined && { flaw }),
    ...(maxBufferedAmount !== undefined && { maxBufferedAmount }),
  }
}

/** Waits for no deadline. */
function isQuick(name: string): boolean {
  return BAD_CLIENTS.find((client) => client.name === name)?.isQuick === true
}
