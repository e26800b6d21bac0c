// Starts servers and load generators, each on its own core.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entryOf } from '../catalogue.js'
import type { Generator } from '../load/generator.js'
import { planOf, serializePlan } from '../load/plan.js'
import { variantsOf } from '../load/variants.js'
import type { ServerTask } from '../servers/serve.js'
import type { Workload } from '../workloads/workload.js'
import type { Pinning } from './pinning.js'
import { Program, type ProgramOptions } from './program.js'

export interface Bench {
  readonly generator: Generator
  readonly pinning: Pinning
  /** The command that runs Bun. */
  readonly bun?: string | undefined
}

export interface RunningServer {
  readonly program: Program
  readonly port: number
}

/** Of the build, also when this file is run from its source. */
const SERVERS = fileURLToPath(new URL('../../dist/servers/', import.meta.url))

/** What makes two servers the same: those can be one process. */
export function taskOf(server: string, workload: Workload): ServerTask {
  const { does, take = 'string', payload, size, perTurn, deflate } = workload
  const { variant, protocol } = entryOf(server)
  const common = { take, ...(deflate === true && { deflate }), ...(variant !== undefined && { variant }) }
  const kind = { kind: payload, size, variants: variantsOf({ size, deflate }) }
  if (does === 'broadcast') return { does, ...common, payload: kind, perTurn: perTurn ?? 1 }
  if (does === 'chat') return { does, ...common, payload: kind }
  return { does: does === 'open' && protocol === 'mirror' ? 'close' : 'echo', ...common }
}

export async function startServer(bench: Bench, server: string, workload: Workload): Promise<RunningServer> {
  const { file, runtime, env } = entryOf(server)
  const command = runtime === 'bun' ? (bench.bun ?? 'bun') : process.execPath
  const task = JSON.stringify(taskOf(server, workload))
  const options = { name: `the server ${server}`, env: env ?? {} }
  const program = programOf([...bench.pinning.server, command, join(SERVERS, `${file}.js`), task], options)
  try {
    const { port } = await program.answer()
    return { program, port: Number(port) }
  } catch (error) {
    await program.stop()
    throw error
  }
}

interface LoadTarget {
  /** Of the catalogue: says what is spoken there. */
  readonly server: string
  readonly port: number
}

export async function startLoad(bench: Bench, workload: Workload, target: LoadTarget): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const path = join(folder, 'plan')
  writeFileSync(path, serializePlan(planOf(workload, entryOf(target.server).protocol, target.port)))
  const program = programOf([...bench.pinning.load, ...bench.generator.command, path], { name: 'the load generator' })
  try {
    // Nothing opened yet: this says that the plan has been read
    await program.ask('open 0')
  } catch (error) {
    await program.stop()
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
  return program
}

function programOf(command: readonly string[], options: ProgramOptions): Program {
  return new Program(command as [string, ...string[]], options)
}
