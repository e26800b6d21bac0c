// The terminal: a line a second while it runs, and the verdict.
import type { Second } from '../run.js'
import type { ScenarioResult } from '../scenarios/stage.js'
import { explainLeak } from '../soak/words.js'
import { type Check, mebibytes } from '../verdict.js'
import { type Results, allChecks, hasPassed } from './results.js'

export function renderSecond({ time, connections, bad, delivered, rss, heapUsed, delayP99 }: Second, attacks: number): string {
  return `${time.toFixed(0).padStart(5)} s  ${String(connections).padStart(6)} connections  ${String(bad).padStart(4)} attacks (${attacks} begun)  `
    + `${String(delivered).padStart(8)} delivered  RSS ${mebibytes(rss)} MiB  heap ${mebibytes(heapUsed)} MiB  event loop p99 ${delayP99.toFixed(1)} ms`
}

export function renderResults(results: Results): string {
  const { run, checks, scenarios, leak } = results
  const outcomes = Object.entries(run.outcomes).map(([kind, counts]) => `  ${kind}: ${Object.entries(counts).map(([outcome, times]) => `${outcome} × ${times}`).join(', ')}`)
  const failed = allChecks(results).filter(({ isMet }) => !isMet)
  return [
    'bad clients',
    ...outcomes,
    ...checks.map(renderCheck),
    ...scenarios.flatMap(renderScenario),
    ...(leak === undefined ? [] : [explainLeak(leak)]),
    hasPassed(results) ? 'passed' : `FAILED: ${failed.map(({ name }) => name).join('; ') || leak?.verdict}`,
  ].join('\n')
}

function renderScenario({ name, figures, checks }: ScenarioResult): string[] {
  return [name, ...Object.entries(figures).map(([what, found]) => `  ${what}: ${found}`), ...checks.map(renderCheck)]
}

function renderCheck({ name, isMet, found }: Check): string {
  return `${isMet ? 'ok    ' : 'FAILED'} ${name}: ${found}`
}
