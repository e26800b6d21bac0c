// Programs of the machine: finds them, starts them, and sees to it that none outlives its test.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Servers are there, on Debian, and not on everybody's PATH. */
const SYSTEM_FOLDER = '/usr/sbin'

/** The path of a program, undefined when the machine has none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), SYSTEM_FOLDER]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface RunningProgram {
  readonly child: ChildProcess
  /** What it has written to stderr. */
  errors(): string
  hasEnded(): boolean
  /** SIGKILL: what has no process any more says no goodbye. */
  kill(): Promise<void>
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv
}

export function runProgram(path: string, args: readonly string[], { env = {} }: ProgramOptions = {}): RunningProgram {
  const child = spawn(path, args, { stdio: 'pipe', env: { ...process.env, ...env } })
  let errors = ''
  child.stderr.on('data', (chunk) => { errors += chunk })
  child.on('error', (error) => { errors += error.message })
  child.stdin.on('error', () => { /* it has ended; whoever waits for its answer is told */ })
  const ended = once(child, 'close').catch(() => { /* told by `errors` */ })
  const killWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', killWithUs)
  return {
    child,
    errors: () => errors,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    async kill() {
      process.off('exit', killWithUs)
      child.kill('SIGKILL')
      await ended
    },
  }
}
