// What a process has used: CPU time, user and system, of all its threads, and memory. Linux only.
import { readFileSync, readdirSync } from 'node:fs'

/** Ticks per second of /proc/pid/stat; 100 on every Linux that Node runs on. */
const TICKS = 100

/** Nanoseconds since the process started. */
export function cpuTime(pid: number): number {
  return scheduled(pid) ?? ticked(pid)
}

/** To the nanosecond, where the kernel keeps account of it; the threads of Node's pool stay, so that none is missed. */
function scheduled(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const times = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]))
    const sum = times.reduce((a, b) => a + b, 0)
    return sum > 0 ? sum : undefined
  } catch {
    return undefined // a kernel without schedstat, or a thread that ended meanwhile
  }
}

function ticked(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e9
}

/** Bytes of memory that the process occupies (RSS). */
export function residentSize(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory of its own any more`)
  return Number(kilobytes) * 1024
}
