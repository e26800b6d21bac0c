// What a run found out. Types only.
import type { Outcomes } from './load/bad-load.js'
import type { Tally } from './load/tally.js'
import type { Plan } from './plan.js'
import type { LedgerEntry } from './server/ledger.js'
import type { Reading } from './server/reading.js'
import type { Delays, Sample } from './server/sampler.js'

/** A second of the run, from all processes. */
export interface Second extends Sample {
  /** Seconds since the start. */
  readonly time: number
  /** Messages that good clients received so far. */
  readonly delivered: number
  readonly bad: number
}

export interface GoodTally extends Tally {
  /** Of echoes, in ms. */
  readonly roundTrip: { readonly p50: number; readonly p99: number; readonly max: number }
}

/** A moment without bad clients, after forced garbage collections. */
export interface Rest {
  /** Seconds since the start. */
  readonly time: number
  /** Heap and buffers, in bytes. */
  readonly held: number
}

export interface Run {
  readonly plan: Plan
  readonly seconds: readonly Second[]
  /** What happened when, in seconds since the start. */
  readonly marks: readonly { readonly at: number; readonly label: string }[]
  readonly rests: readonly Rest[]
  readonly before: Reading
  readonly after: Reading
  /** Of the event loop, before the bad clients came and while they were there. */
  readonly delays: { readonly calm: Delays; readonly chaos: Delays }
  readonly good: GoodTally
  readonly idle: Tally
  readonly announced: number
  readonly shouted: number
  readonly outcomes: Outcomes
  readonly ledger: Readonly<Record<string, LedgerEntry>>
  readonly errors: readonly string[]
  readonly errorCount: number
  /** What the server has written to stderr. */
  readonly complaint: string
}
