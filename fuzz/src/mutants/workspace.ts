// A copy of core in a temporary folder, to be spoilt and compiled, with everything beside it that the fuzz targets and an echo server
// need. Only reads the working tree.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, applyMutant } from './mutant.js'

/** Of the repository, from fuzz/dist/mutants. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CORE = join(ROOT, 'packages/core')
const TESTING = join(ROOT, 'packages/testing')
const FUZZ = join(ROOT, 'fuzz')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** As packages/core/tsconfig.json, but nothing is checked and nothing but JavaScript written: it takes a fraction of a second. */
const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.base.json'),
  compilerOptions: {
    rootDir: 'src',
    outDir: 'dist',
    types: [],
    noCheck: true,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
  },
  include: ['src'],
}

export class MutantWorkspace implements Disposable {
  /** The fuzz targets, which see the spoilt core. */
  readonly fuzz: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'tocsin-mutants-'))
  /** Sources as they are now: somebody may be at work on them. */
  readonly #original = join(this.#folder, 'original')
  readonly #core: string

  constructor() {
    const modules = join(this.#folder, 'node_modules')
    this.#core = join(modules, '@tocsin/core')
    this.fuzz = join(this.#folder, 'fuzz')
    cpSync(join(CORE, 'src'), this.#original, { recursive: true })
    cpSync(join(CORE, 'package.json'), join(this.#core, 'package.json'))
    writeFileSync(join(this.#core, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    for (const part of ['package.json', 'dist']) cpSync(join(TESTING, part), join(modules, '@tocsin/testing', part), { recursive: true })
    for (const part of ['package.json', 'dist', 'regressions']) cpSync(join(FUZZ, part), join(this.fuzz, part), { recursive: true })
    symlinkSync(realpathSync(join(FUZZ, 'node_modules/fast-check')), join(modules, 'fast-check'))
    symlinkSync(realpathSync(join(TESTING, 'node_modules/ws')), join(modules, 'ws'))
  }

  /** Compiles core with one mistake, or with none. What was found about the last one is forgotten. */
  build(mutant?: Mutant): void {
    const source = join(this.#core, 'src')
    rmSync(source, { recursive: true, force: true })
    cpSync(this.#original, source, { recursive: true })
    if (mutant !== undefined) {
      const file = join(source, mutant.file)
      writeFileSync(file, applyMutant(readFileSync(file, 'utf8'), mutant))
    }
    const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', this.#core], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${mutant?.name ?? 'core'} does not compile: ${stdout}`)
    const regressions = join(this.fuzz, 'regressions')
    rmSync(regressions, { recursive: true, force: true })
    mkdirSync(regressions)
    cpSync(join(FUZZ, 'regressions'), regressions, { recursive: true })
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
