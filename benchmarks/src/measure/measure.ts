// One measurement: a server, a load, a warm-up, and what the server used meanwhile.
import { setTimeout as delay } from 'node:timers/promises'
import type { Workload } from '../workloads/workload.js'
import { cpuTime, residentSize } from './cpu.js'
import type { Measurement } from './measurement.js'
import { type Bench, type RunningServer, startLoad } from './processes.js'
import type { Program } from './program.js'

export interface Timing {
  /** Milliseconds. */
  readonly warmUp: number
  readonly duration: number
  /** Connections of memory measurements: the slope is taken between the two. */
  readonly idle: readonly [from: number, to: number]
  /** How long memory may settle, in ms. */
  readonly settling: number
}

export interface Target {
  readonly server: string
  readonly running: RunningServer
  readonly timing: Timing
}

/** @throws when an answer was not what it should be, or did not come */
export async function measure(bench: Bench, workload: Workload, target: Target): Promise<Measurement> {
  const load = await startLoad(bench, workload, { server: target.server, port: target.running.port })
  try {
    return workload.does === 'idle' ? await measureMemory(load, target) : await measureCpu(load, workload, target)
  } catch (error) {
    const { complaint } = target.running.program
    const words = complaint === '' ? '' : `\nthe server said: ${complaint}`
    throw new Error(`${target.server}: ${(error as Error).message}${words}`, { cause: error })
  } finally {
    await load.stop()
  }
}

async function measureCpu(load: Program, workload: Workload, { running, timing }: Target): Promise<Measurement> {
  await load.ask(`open ${workload.connections}`)
  await load.ask(`run ${timing.warmUp * (workload.warmUps ?? 1)}`)
  const { pid } = running.program
  const before = cpuTime(pid)
  const report = (await load.ask(`run ${timing.duration}`)) as unknown as LoadReport
  const used = cpuTime(pid) - before
  const { messages, elapsed } = report
  return {
    cpu: used / 1000 / messages,
    rate: (messages * 1e9) / elapsed,
    p50: report.p50 / 1000,
    p99: report.p99 / 1000,
    serverShare: used / elapsed,
    loadShare: report.cpu / elapsed,
    bytesPerMessage: report.bytesIn / messages,
    ...(workload.deflate === true && { deflatedShare: report.deflated / messages }),
  }
}

/** What native/main.c says at the end of a run; times in nanoseconds. */
interface LoadReport {
  readonly messages: number
  readonly elapsed: number
  readonly cpu: number
  readonly bytesIn: number
  readonly deflated: number
  readonly p50: number
  readonly p99: number
}

async function measureMemory(load: Program, { running, timing }: Target): Promise<Measurement> {
  const [from, to] = timing.idle
  await load.ask(`open ${from}`)
  const before = await settledSize(running.program, timing.settling)
  await load.ask(`open ${to - from}`)
  await delay(timing.settling)
  const grown = residentSize(running.program.pid)
  const after = await settledSize(running.program, timing.settling)
  return { memory: (after - before) / (to - from), growth: (grown - before) / (to - from) }
}

/** After garbage collection: several, because one frees what the next can give back. */
async function settledSize(server: Program, settling: number): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await delay(settling / 4)
    await server.ask('gc')
  }
  return residentSize(server.pid)
}
