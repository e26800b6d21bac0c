// Compiles the load generator, once for each state of its source. Knows a C compiler when it finds one.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface NativeGenerator {
  readonly path: string
  /** Whether it can inflate answers. */
  readonly hasZlib: boolean
}

const SOURCES = fileURLToPath(new URL('../../native/', import.meta.url))
const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url))
const FLAGS = ['-O2', '-std=gnu11', '-Wall', '-Wextra']
const ZLIB = ['-DHAVE_ZLIB', '-lz']

/** @returns undefined where there is no compiler, or no Linux */
export function compileGenerator(): NativeGenerator | undefined {
  if (process.platform !== 'linux') return undefined
  const compilers = [process.env['CC'], 'cc', 'gcc', 'clang'].filter((name) => name !== undefined)
  const compiler = compilers.find((name) => spawnSync(name, ['--version']).status === 0)
  if (compiler === undefined) return undefined
  mkdirSync(CACHE, { recursive: true })
  return compiled(compiler, true) ?? compiled(compiler, false)
}

function compiled(compiler: string, hasZlib: boolean): NativeGenerator | undefined {
  const path = join(CACHE, `load-${fingerprint(compiler)}${hasZlib ? '-zlib' : ''}`)
  if (existsSync(path)) return { path, hasZlib }
  // Under a name of its own first: two runs may compile at once
  const temporary = `${path}.${process.pid}`
  const files = sourceFiles().filter((file) => file.endsWith('.c'))
  const { status, stderr } = spawnSync(compiler, [...FLAGS, '-o', temporary, ...files, ...(hasZlib ? ZLIB : [])], { encoding: 'utf8' })
  if (status === 0) renameSync(temporary, path)
  else if (!hasZlib) throw new Error(`the load generator does not compile:\n${stderr}`)
  return status === 0 ? { path, hasZlib } : undefined
}

function fingerprint(compiler: string): string {
  const hash = createHash('sha256').update([compiler, process.arch, ...FLAGS].join(' '))
  for (const file of sourceFiles()) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

function sourceFiles(): string[] {
  return readdirSync(SOURCES).sort().map((name) => join(SOURCES, name))
}
