// `npm run bench [-- --quick] [-- --only echo,broadcast]`: interleaved rounds (A B C A B C ...), medians, ratios to `ws`.
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Measurement, type Workload, measure } from './measure/round.js'
import { type NamedWorkload, WORKLOADS } from './workloads.js'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, rounds: { type: 'string' }, json: { type: 'string' } },
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
const only = values.only?.split(',')

interface Row {
  readonly name: string
  readonly medians: Record<string, Measurement>
}

const rows: Row[] = []
console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${rounds} rounds; server CPU per message\n`)
for (const workload of WORKLOADS) {
  if (only !== undefined && !only.some((part) => workload.name.includes(part) || workload.group === part)) continue
  const row = await measureInRounds(workload)
  rows.push(row)
  print(row)
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ node: process.version, rounds, rows }, null, 2))

async function measureInRounds({ name, servers, workload }: NamedWorkload): Promise<Row> {
  const results = new Map<string, Measurement[]>(servers.map((server) => [server, []]))
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) results.get(server)!.push(await measure(server, adapted(workload, server)))
  }
  return { name, medians: Object.fromEntries(servers.map((server) => [server, medianOf(results.get(server)!)])) }
}

function adapted(workload: Workload, server: string): Workload {
  const duration = values.quick ? 1500 : workload.duration
  return workload.kind === 'echo' ? { ...workload, duration, isRaw: server === 'net' } : { ...workload, duration }
}

function medianOf(measurements: readonly Measurement[]): Measurement {
  const sorted = measurements.toSorted((a, b) => a.cpuPerMessage - b.cpuPerMessage)
  return sorted[sorted.length >> 1]!
}

function print({ name, medians }: Row): void {
  const base = medians['ws']!.cpuPerMessage
  const cells = Object.entries(medians).map(([server, { cpuPerMessage, messagesPerSecond }]) => {
    const ratio = (base / cpuPerMessage).toFixed(2)
    return `${server} ${cpuPerMessage.toFixed(2)} us (${ratio}x, ${Math.round(messagesPerSecond).toLocaleString('en')}/s)`
  })
  console.log(`${name.padEnd(40)} ${cells.join('   ')}`)
}
