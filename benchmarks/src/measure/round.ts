// One measurement: a fresh server, a fresh load process, a warm-up, and the server's CPU time per message.
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadReport, Task } from '../load/task.js'
import { cpuSeconds } from './cpu.js'

export interface Measurement {
  /** Microseconds of the server's CPU time per message. */
  readonly cpuPerMessage: number
  readonly messagesPerSecond: number
}

type Unaddressed<T> = T extends Task ? Omit<T, 'port'> : never
/** A task that does not know its server yet. */
export type Workload = Unaddressed<Task>

const WARM_UP_MS = 500

export async function measure(server: string, workload: Workload): Promise<Measurement> {
  const child = start(`../servers/${server}.js`, '0')
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    await load({ ...workload, port, duration: WARM_UP_MS } as Task)
    const before = cpuSeconds(child.pid!)
    const { messages, elapsed } = await load({ ...workload, port } as Task)
    const used = cpuSeconds(child.pid!) - before
    return { cpuPerMessage: (used * 1e6) / messages, messagesPerSecond: (messages * 1000) / elapsed }
  } finally {
    child.kill()
  }
}

async function load(task: Task): Promise<LoadReport> {
  const child = start(`../load/${task.kind}.js`, '1')
  child.send(task)
  await once(child, 'message')
  child.send('go')
  const [report] = (await Promise.race([once(child, 'message'), failure(child)])) as [LoadReport]
  return report
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number]
  throw new Error(`the load generator ended with ${code}`)
}

/** Server and load on different cores, where `taskset` is there. */
function start(file: string, core: string): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  spawnSync('taskset', ['-a', '-p', '-c', core, String(child.pid)], { stdio: 'ignore' })
  return child
}
