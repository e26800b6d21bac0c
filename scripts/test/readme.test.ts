// That the code in the READMEs is true: every `ts` block compiles under the strict settings of the workspace and runs.
// A block is a whole program. It is placed into the member it belongs to, so that it sees what that member's users see.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const members = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}`)

interface Block {
  readonly name: string
  readonly file: string
}

/** The root README speaks of Express, so its blocks run where Express is installed; so do those of the pages in docs/. */
const sources: [readme: string, member: string][] = [
  ['README.md', 'packages/express'],
  ['docs/draining.md', 'packages/express'],
  ['docs/diagnostics.md', 'packages/core'],
  ...members.map((member): [string, string] => [`${member}/README.md`, member]),
]
const blocks = sources.filter(([readme]) => existsSync(join(repository, readme))).flatMap(([readme, member]) => extract(readme, member))

function extract(readme: string, member: string): Block[] {
  const text = readFileSync(join(repository, readme), 'utf8')
  const folder = join(repository, member, '.cache/readme', readme.replace(/\W/g, '-'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match, index) => {
    const line = text.slice(0, match.index).split('\n').length
    const file = join(folder, `block-${index + 1}.ts`)
    // A fixed port may be taken on this machine; the rest runs as it stands. `export` keeps each block a module of its own.
    writeFileSync(file, `${match[1]!.replace(/listen\(\d{4}/g, 'listen(0').replace(/\bport: \d{4}/g, 'port: 0')}\nexport {}\n`)
    return { name: `${readme}:${line}`, file }
  })
}

function tsconfigFor(files: readonly string[]): string {
  const path = join(repository, '.cache/readme/tsconfig.json')
  mkdirSync(dirname(path), { recursive: true })
  const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true, erasableSyntaxOnly: false }
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, types: ['node'], ...decorators }
  writeFileSync(path, JSON.stringify({ extends: '../../tsconfig.test.json', compilerOptions, files: files.map((file) => relative(dirname(path), file)) }))
  return path
}

describe('the code in the READMEs', () => {
  afterAll(() => {
    for (const [, member] of sources) rmSync(join(repository, member, '.cache/readme'), { recursive: true, force: true })
  })

  test('there is some', () => expect(blocks.length).toBeGreaterThan(3))

  test('compiles', { timeout: 60_000 }, () => {
    const tsc = join(repository, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', tsconfigFor(blocks.map(({ file }) => file))], { encoding: 'utf8', cwd: repository })
    expect(stdout).toBe('')
  })

  test.each(blocks)('$name runs', async ({ file }) => {
    await expect(import(file)).resolves.toBeDefined()
  })
})
