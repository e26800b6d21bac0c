// The two nets that a mutant can be caught by, each run in processes of its own: the conformance suite by its command line against an
// echo server, and the fuzz targets. Knows no mutant.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from './workspace.js'

export interface Catch {
  readonly net: 'conformance' | 'fuzz'
  /** The case, or the target. */
  readonly by: string
  readonly seconds: number
}

/** For one answer, in ms: a case that a mutant leaves without one would else wait for the default. */
const CASE_TIMEOUT = 2_000
/** For the whole suite, in ms: a mutant that makes it crawl is not caught by that. */
const SUITE_TIMEOUT = 300_000
/** What the targets may take longer than they were told, in ms. */
const GRACE = 30_000
/** Of the time, for a first round, so that the last target gets its turn soon. */
const FIRST_ROUND = 0.1

/** @param fuzz the folder of the fuzz targets beside the core under test */
export async function catchByConformance(fuzz: string): Promise<Catch | undefined> {
  const server = spawn(process.execPath, [join(fuzz, 'dist/mutants/echo.js')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  try {
    const [url] = (await Promise.race([once(createInterface(server.stdout!), 'line'), once(server, 'exit')])) as [unknown]
    if (typeof url !== 'string') return { net: 'conformance', by: 'the server does not start', seconds: 0 }
    const suite = [join(ROOT, 'conformance/dist/main.js'), '--url', url, '--compression', '--timeout', String(CASE_TIMEOUT)]
    return await watch({ net: 'conformance', args: suite, timeout: SUITE_TIMEOUT, find: failedCase })
  } finally {
    server.kill()
  }
}

export async function catchByFuzz(fuzz: string, seconds: number): Promise<Catch | undefined> {
  const rounds = [seconds * FIRST_ROUND, seconds * (1 - FIRST_ROUND)]
  let before = 0
  for (const [index, round] of rounds.entries()) {
    const args = [join(fuzz, 'dist/main.js'), '--seconds', String(round), '--seed', String(index + 1), '--bail']
    const found = await watch({ net: 'fuzz', args, timeout: round * 1000 + GRACE, find: failedTarget })
    if (found !== undefined) return { ...found, seconds: found.seconds + before }
    before += Math.round(round)
  }
  return undefined
}

/** `FAIL column | theme | RFC 6455 §5.5 | name: reason`. */
export function failedCase(line: string): string | undefined {
  const [, theme, section, rest] = /^FAIL [^|]*\|([^|]*)\|([^|]*)\|(.*)/.exec(line) ?? []
  return theme === undefined ? undefined : [theme, section!, rest!.split(': ', 1)[0]!].map((part) => part.trim()).join(', ')
}

export function failedTarget(line: string): string | undefined {
  return /^(\S+): (?:FAILED|seed \d+: uncaught)/.exec(line)?.[1]
}

interface Watched {
  readonly net: Catch['net']
  readonly args: readonly string[]
  readonly timeout: number
  readonly find: (line: string) => string | undefined
}

/**
 * Runs a net until it says what it has caught, ends, or takes too long.
 * @throws Error when the net itself breaks: that says nothing about a mutant
 */
async function watch({ net, args, timeout, find }: Watched): Promise<Catch | undefined> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close') as Promise<[code: number | null]>
  const lines: string[] = []
  const found = new Promise<string>((resolve) => {
    eachLine(child, (line) => {
      lines.push(line)
      const by = find(line)
      if (by !== undefined) resolve(by)
    })
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
  const by = await Promise.race([found, ended.then(() => undefined)])
  clearTimeout(timer)
  child.kill('SIGKILL')
  const [code] = await ended
  if (by !== undefined) return { net, by, seconds: Math.round((performance.now() - started) / 1000) }
  if (code === 0 || code === null) return undefined
  throw new Error(`${net} ended with code ${code}\n${lines.slice(-10).join('\n')}`)
}

function eachLine({ stdout, stderr }: ChildProcess, take: (line: string) => void): void {
  for (const stream of [stdout!, stderr!]) createInterface(stream).on('line', take)
}
