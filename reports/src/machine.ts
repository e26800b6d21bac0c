// Where a run took place: every result carries this. Knows no project.
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'

export interface Machine {
  /** ISO 8601. */
  readonly date: string
  readonly cpu: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly kernel: string
  readonly node: string
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
  }
}
