// docs/chaos/README.md: what was done to the server, what it did, what it cost.
import { BAD_CLIENTS } from '../bad/index.js'
import { missingOf } from '../arguments.js'
import type { Run } from '../run.js'
import type { ScenarioResult } from '../scenarios/stage.js'
import { SHIPPED } from '../server/task.js'
import type { Delays } from '../server/sampler.js'
import { explainLeak } from '../soak/words.js'
import { type Check, attacksOf, mebibytes } from '../verdict.js'
import { type Results, hasPassed } from './results.js'

export function renderPage(results: Results): string {
  const { machine: { date, cpu, cores, memory, kernel, node }, run, checks, scenarios, leak } = results
  return [
    '# Chaos',
    `Written by \`npm run chaos -- ${leak === undefined ? '' : '--soak MINUTES '}--write\` ([chaos/](${leak === undefined ? '../..' : '../../..'}/chaos)).`,
    `${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${memory} GiB, ${kernel}, Node ${node}.`,
    ...(leak === undefined ? [] : [`Leak verdict: ${explainLeak(leak)}.`]),
    intro(run),
    `**${hasPassed(results) ? 'Passed' : 'Failed'}.** ${figures(run)}`,
    '![Memory, event-loop delay, deliveries and connections over time](chaos.svg)',
    '## What had to hold',
    renderChecks(checks),
    '## Bad clients',
    'Attacks, and what the server did: closed with a code, refused with a status, cut TCP, or served, where what it was sent is allowed.',
    renderOutcomes(run),
    ...scenarios.flatMap(renderScenario),
  ].join('\n\n').concat('\n')
}

function intro({ plan: { good, idle, bad, seconds, deadlines }, announced, shouted }: Run): string {
  const limits = deadlines.heartbeat.interval === SHIPPED.heartbeat.interval
    ? 'Limits and deadlines are as shipped; compression is on; `headersTimeout` of the HTTP server is 10 s.'
    : 'Deadlines are short.'
  return `One server, a process of its own, with ${n(good)} clients that send an echo each second and a message to their room of 50 every ten, ${n(idle)} that listen, `
    + `and for ${seconds} s some ${n(bad)} bad ones at any time. HTTP handlers sent ${n(announced)} announcements to all rooms and ${n(shouted)} shouts to every connection, bad `
    + `ones included. Every message is numbered. ${limits}`
}

function figures({ good, idle, outcomes, delays, seconds }: Run): string {
  const peak = Math.max(...seconds.map(({ rss }) => rss))
  const most = Math.max(...seconds.map(({ connections }) => connections))
  return `${n(attacksOf(outcomes))} attacks, ${n(good.received + idle.received)} messages received, ${n(good.lost + idle.lost)} lost, ${n(good.disordered + idle.disordered)} out of order; `
    + `up to ${n(most)} connections, ${mebibytes(peak)} MiB RSS. Event-loop delay ${inWords(delays.calm)} without bad clients, ${inWords(delays.chaos)} with them. `
    + `Round trip of an echo: p50 ${ms(good.roundTrip.p50)}, p99 ${ms(good.roundTrip.p99)} ms, load and server on the same cores.`
}

function inWords({ p50, p99, max }: Delays): string {
  return `p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(max)} ms`
}

function ms(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1)
}

function renderChecks(checks: readonly Check[]): string {
  return ['| | found |', '|---|---|', ...checks.map(({ name, isMet, found }) => `| ${isMet ? '' : '**FAILED** '}${name} | ${found} |`)].join('\n')
}

function renderOutcomes({ plan, outcomes }: Run): string {
  const rows = BAD_CLIENTS.map(({ name, does, remark = '' }) => {
    const counts = Object.entries(outcomes[name] ?? {})
    const found = counts.map(([outcome, times]) => `${outcome}: ${n(times)}`).join('<br>')
    return `| \`${name}\` | ${does} | ${found || leftOut(name, plan.kinds)} | ${remark} |`
  })
  return ['| client | what it does | what became of it | |', '|---|---|---|---|', ...rows].join('\n')
}

function leftOut(name: string, kinds: readonly string[]): string {
  return kinds.includes(name) ? 'never came' : `left out: ${missingOf(name) ?? 'not asked for'}`
}

function renderScenario({ name, does, figures: found, checks }: ScenarioResult): string[] {
  const rows = Object.entries(found).map(([what, value]) => `| ${what} | ${value} |`)
  return [`## ${name[0]!.toUpperCase()}${name.slice(1)}`, `Done: ${does}.`, ['| | |', '|---|---|', ...rows].join('\n'), renderChecks(checks)]
}

function n(count: number): string {
  return count.toLocaleString('en')
}
