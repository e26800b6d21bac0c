// Whether a row reached its goals.
import { type RowResult, metricOf, ratioOf } from '../results.js'
import type { Goal, Row } from '../workloads/workload.js'
import { formatRatio, formatValue, titleOf } from './format.js'

export interface Verdict {
  readonly row: string
  readonly goal: string
  readonly stretch: string
  readonly found: string
  readonly isReached: boolean
  readonly isStretchReached: boolean
  /** Which internals of Node it takes. */
  readonly internals: string
}

/** Goals whose servers were not measured are left out. */
export function verdictsOf(result: RowResult, { goals = [] }: Row): Verdict[] {
  return goals.flatMap((goal) => {
    const verdict = goal.isAbsolute === true ? absolute(result, goal) : relative(result, goal)
    return verdict === undefined ? [] : [verdict]
  })
}

function relative(result: RowResult, wanted: Goal): Verdict | undefined {
  const { goal, stretch, over = result.base, subject = result.subject, counts = 1, internals = '' } = wanted
  const ratio = ratioOf(result, subject, over)
  if (ratio === undefined) return undefined
  const whose = subject === 'tocsin' ? '' : `${titleOf(subject)}: `
  return {
    row: result.name,
    goal: `${whose}${formatRatio(goal)} ${titleOf(over)}${counts < 1 ? ` (counts from ${formatRatio(goal * counts)})` : ''}`,
    stretch: stretch === undefined ? '' : formatRatio(stretch),
    found: formatRatio(ratio),
    isReached: ratio >= goal * counts,
    isStretchReached: stretch !== undefined && ratio >= stretch,
    internals,
  }
}

function absolute(result: RowResult, { goal, stretch, internals = '' }: Goal): Verdict | undefined {
  const value = result.servers[result.subject]?.[metricOf(result.workload)]?.median
  if (value === undefined) return undefined
  return {
    row: result.name,
    goal: `≤ ${formatValue(result, goal)}`,
    stretch: stretch === undefined ? '' : `≤ ${formatValue(result, stretch)}`,
    found: formatValue(result, value),
    isReached: value <= goal,
    isStretchReached: stretch !== undefined && value <= stretch,
    internals,
  }
}
