// CPU time of a process, user and system, all its threads. Linux only.
import { readFileSync } from 'node:fs'

/** Ticks per second of /proc; 100 on every Linux that Node runs on. */
const TICKS = 100

/** Seconds since the process started. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}
