// Where the server of a measurement comes from: a fresh process for each, or, when it has to be quick, one for all with the same task.
import { isDeepStrictEqual } from 'node:util'
import { type Bench, type RunningServer, startServer, taskOf } from './measure/processes.js'
import type { Workload } from './workloads/workload.js'

export interface ServerPool {
  /** Starts what will be used, all at once, where that disturbs nobody. */
  prepare(servers: readonly string[], workload: Workload): void
  /** Runs `use` with a server for this workload. */
  with<T>(server: string, workload: Workload, use: (running: RunningServer) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export function freshServers(bench: Bench): ServerPool {
  return {
    prepare() {},
    async with(server, workload, use) {
      const running = await startServer(bench, server, workload)
      try {
        return await use(running)
      } finally {
        await running.program.stop()
      }
    },
    close: () => Promise.resolve(),
  }
}

interface Kept {
  readonly key: object
  readonly starting: Promise<RunningServer>
}

/** Memory is measured in a process that has done nothing else. */
export function sharedServers(bench: Bench): ServerPool {
  const kept: Kept[] = []
  const start = (server: string, workload: Workload): Promise<RunningServer> => {
    const key = { server, task: taskOf(server, workload), isIdle: workload.does === 'idle' }
    const found = kept.find((each) => isDeepStrictEqual(each.key, key))
    if (found !== undefined) return found.starting
    const starting = startServer(bench, server, workload)
    starting.catch(() => {}) // whoever wants to use it hears of it
    kept.push({ key, starting })
    return starting
  }
  return {
    prepare(servers, workload) {
      for (const server of servers) void start(server, workload)
    },
    with: async (server, workload, use) => use(await start(server, workload)),
    async close() {
      const started = await Promise.allSettled(kept.splice(0).map(({ starting }) => starting))
      const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      await Promise.all(running.map(({ program }) => program.stop()))
    },
  }
}
