// What is kept of a run. Types, and how they are made.
import { type Machine, describeMachine } from 'tocsin-reports'
import type { Run } from '../run.js'
import type { ScenarioResult } from '../scenarios/stage.js'
import { type LeakVerdict, judgeLeak } from '../soak/leak.js'
import { type Check, judge } from '../verdict.js'

export interface Results {
  readonly machine: Machine
  readonly run: Run
  readonly checks: readonly Check[]
  readonly scenarios: readonly ScenarioResult[]
  readonly leak?: LeakVerdict
}

export function resultsOf(run: Run, scenarios: readonly ScenarioResult[], isSoak: boolean): Results {
  const leak = isSoak ? judgeLeak(run.rests, run.after.stats.closed) : undefined
  return { machine: describeMachine(), run, checks: judge(run), scenarios, ...(leak && { leak }) }
}

export function allChecks({ checks, scenarios }: Results): Check[] {
  return [...checks, ...scenarios.flatMap((scenario) => scenario.checks)]
}

/** A soak that could not tell has not passed. */
export function hasPassed(results: Results): boolean {
  return allChecks(results).every(({ isMet }) => isMet) && (results.leak === undefined || results.leak.verdict === 'no leak')
}
