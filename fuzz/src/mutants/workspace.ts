// A copy of core and of the client in a temporary folder, to be spoilt and compiled, with everything beside it that the fuzz targets and
// an echo server need. Only reads the working tree.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, PACKAGES, type Place, applyMutant, placeOf } from './mutant.js'

/** Of the repository, from fuzz/dist/mutants. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TESTING = join(ROOT, 'packages/testing')
const FUZZ = join(ROOT, 'fuzz')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** As the packages' own tsconfig.json, but nothing is checked and nothing but JavaScript written: it takes a fraction of a second. */
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
  /** The fuzz targets, which see the spoilt copies. */
  readonly fuzz: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'tocsin-mutants-'))
  /** Sources as they are now: somebody may be at work on them. */
  readonly #original = join(this.#folder, 'original')
  readonly #modules = join(this.#folder, 'node_modules')

  constructor() {
    const modules = this.#modules
    this.fuzz = join(this.#folder, 'fuzz')
    for (const name of PACKAGES) {
      cpSync(join(ROOT, 'packages', name, 'src'), join(this.#original, name), { recursive: true })
      cpSync(join(ROOT, 'packages', name, 'package.json'), join(this.#copyOf(name), 'package.json'))
      writeFileSync(join(this.#copyOf(name), 'tsconfig.json'), JSON.stringify(TSCONFIG))
    }
    for (const part of ['package.json', 'dist']) cpSync(join(TESTING, part), join(modules, '@tocsin/testing', part), { recursive: true })
    for (const part of ['package.json', 'dist', 'regressions']) cpSync(join(FUZZ, part), join(this.fuzz, part), { recursive: true })
    symlinkSync(realpathSync(join(FUZZ, 'node_modules/fast-check')), join(modules, 'fast-check'))
    symlinkSync(realpathSync(join(TESTING, 'node_modules/ws')), join(modules, 'ws'))
  }

  /** Compiles both with one mistake, or with none. What was found about the last one is forgotten. */
  build(mutant?: Mutant): void {
    for (const name of PACKAGES) this.#compile(name, mutant)
    const regressions = join(this.fuzz, 'regressions')
    rmSync(regressions, { recursive: true, force: true })
    mkdirSync(regressions)
    cpSync(join(FUZZ, 'regressions'), regressions, { recursive: true })
  }

  #compile(name: Place['package'], mutant: Mutant | undefined): void {
    const copy = this.#copyOf(name)
    const source = join(copy, 'src')
    rmSync(source, { recursive: true, force: true })
    cpSync(join(this.#original, name), source, { recursive: true })
    if (mutant !== undefined && placeOf(mutant).package === name) {
      const file = join(source, placeOf(mutant).path)
      writeFileSync(file, applyMutant(readFileSync(file, 'utf8'), mutant))
    }
    const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', copy], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${mutant?.name ?? name} does not compile: ${stdout}`)
  }

  #copyOf(name: Place['package']): string {
    return join(this.#modules, '@tocsin', name)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
