// What stands above every result: machine, versions, how it was measured.
import type { Results } from '../results.js'

type About = Omit<Results, 'rows'>

export function headline(about: About): string {
  const { machine, rounds, isQuick } = about
  const lines = [
    `${machine.date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB, ${machine.kernel}, Node ${machine.node}`,
    Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', '),
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${about.pinning}; load generator: ${about.generator}`,
    helpers(about),
  ]
  if (isQuick) lines.push('A quick run: it shows that everything works. Its figures are noise.')
  return lines.filter((line) => line !== '').join('\n')
}

/** `ws` is a third faster with them where messages are large: a comparison has to say what it was. */
function helpers({ machine: { versions } }: About): string {
  const missing = ['bufferutil', 'utf-8-validate'].filter((name) => !(name in versions))
  return missing.length === 0 ? '' : `ws runs without ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed`
}
