// What stands above every result: machine, versions, how it was measured.
import type { Results, RowResult } from '../results.js'

type About = Omit<Results, 'rows'>

/** @param rows what was found, where that is from more than one run */
export function headline(about: About, rows: readonly RowResult[] = []): string {
  const { machine, isQuick } = about
  const lines = [
    `${machine.date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB, ${machine.kernel}, Node ${machine.node}`,
    Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', '),
    `${roundsOf(about, rows)}; ${about.pinning}; load generator: ${about.generator}`,
    helpers(about),
  ]
  if (isQuick) lines.push('A quick run: it shows that everything works. Its figures are noise.')
  return lines.filter((line) => line !== '').join('\n')
}

function roundsOf({ rounds }: About, rows: readonly RowResult[]): string {
  const counts = rows.length === 0 ? [rounds] : rows.map((row) => row.rounds)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return `${least === most ? least : `${least} to ${most}`} ${most === 1 ? 'round' : 'rounds'}`
}

/** `ws` is a third faster with them where messages are large: a comparison has to say what it was. */
function helpers({ machine: { versions } }: About): string {
  const missing = ['bufferutil', 'utf-8-validate'].filter((name) => !(name in versions))
  return missing.length === 0 ? '' : `ws runs without ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed`
}
