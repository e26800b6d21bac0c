// Which core the server gets, and which one the load. Knows taskset.
import { spawnSync } from 'node:child_process'

export interface Pinning {
  /** What comes before a command that shall run there. */
  readonly server: readonly string[]
  readonly load: readonly string[]
  /** For people. */
  readonly description: string
}

const NOWHERE: Pinning = { server: [], load: [], description: 'not pinned' }

/** The first and the last core that this process may use: with hyper-threading, the two are not siblings. */
export function findPinning(): Pinning {
  const { status, stdout } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' })
  if (status !== 0) return { ...NOWHERE, description: 'not pinned: taskset is missing' }
  const cores = parseCores(stdout.slice(stdout.lastIndexOf(':') + 1).trim())
  const first = cores[0]
  const last = cores.at(-1)
  if (first === undefined || last === undefined || first === last) return { ...NOWHERE, description: 'not pinned: there is one core only' }
  const on = (core: number): string[] => ['taskset', '-c', String(core)]
  return { server: on(first), load: on(last), description: `server on core ${first}, load on core ${last}` }
}

/** As taskset writes them: `0-3,8`. */
export function parseCores(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}
