// What a run of all targets found, as a table for the terminal. Knows no target.
import type { Outcome } from './run-target.js'

export interface Report extends Outcome {
  readonly target: string
  readonly seconds: number
}

export function renderTable(reports: readonly Report[]): string {
  const rows = reports.map(({ target, runs, seconds, failure }) => [target, String(runs), String(seconds), verdictOf(failure)])
  const failed = reports.filter(({ failure }) => failure !== undefined).length
  const lines = [['target', 'runs', 'seconds', 'result'], ...rows].map(renderRow)
  return [...lines, `${reports.length - failed} passed, ${failed} failed`].join('\n')
}

function renderRow([target, runs, seconds, result]: readonly string[]): string {
  return `${target!.padEnd(12)}${runs!.padStart(10)}${seconds!.padStart(9)}  ${result}`
}

function verdictOf(failure: Outcome['failure']): string {
  return failure === undefined ? 'nothing found' : `FAILED: ${failure.error.message.split('\n', 1)[0]}`
}
