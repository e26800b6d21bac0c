// Runs one of these programs in a process of its own with --expose-gc, on the sources as they are.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { onTestFinished } from 'vitest'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** The sources as one file that every Node runs, so that nothing depends on a build. */
async function bundle(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-soak-'))
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }) })
  await build({ configFile: false, logLevel: 'error', build: { ssr: path('../../src/index.ts'), outDir: directory, minify: false, rollupOptions: { output: { entryFileNames: 'core.mjs' } } } })
  return join(directory, 'core.mjs')
}

export interface Run {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** @param args what the program finds behind the path of core's bundle */
export async function run(program: string, ...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ['--expose-gc', path(program), await bundle(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => { child.kill() })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  return new Promise((resolve) => { child.on('close', (code) => { resolve({ code, output, errors }) }) })
}
