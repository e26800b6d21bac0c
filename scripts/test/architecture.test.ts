// That the lint rules of .oxlintrc.json know who may know whom (DESIGN: type imports included): violations planted in an empty tree are found.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const oxlint = join(repository, 'node_modules/oxlint/bin/oxlint')

const core = (path: string, specifier: string): [string, string] => [`packages/core/src/${path}`, specifier]

const forbidden: [file: string, specifier: string][] = [
  core('protocol/a.ts', 'node:net'),
  core('protocol/b.ts', 'node:events'),
  core('protocol/c.ts', '../handshake/x.js'),
  core('protocol/d.ts', '../runtime.js'),
  core('handshake/a.ts', 'node:http'),
  core('handshake/b.ts', '../connection/x.js'),
  core('compression/a.ts', '../connection/x.js'),
  core('connection/a.ts', '../registry/x.js'),
  core('connection/b.ts', '../endpoint/x.js'),
  core('connection/c.ts', '../backplane/x.js'),
  core('connection/d.ts', '../index.js'),
  core('connection/slab.ts', '../runtime.js'),
  core('connection/timing-wheel.ts', '../handshake/x.js'),
  core('registry/a.ts', '../protocol/frame.js'),
  core('registry/b.ts', '../connection/transport.js'),
  core('registry/c.ts', '../endpoint/x.js'),
  core('registry/d.ts', 'node:net'),
  core('backplane/a.ts', '../connection/x.js'),
  core('backplane/b.ts', '../registry/x.js'),
  core('dispatcher/a.ts', '../endpoint/x.js'),
  core('dispatcher/b.ts', '../connection/connection.js'),
  core('connection/e.ts', '../dispatcher/x.js'),
  core('runtime.ts', './endpoint/x.js'),
  core('endpoint/a.ts', 'express'),
  core('endpoint/b.ts', '../index.js'),
  ['packages/events/src/a.ts', 'express'],
  ['packages/events/src/b.ts', '../../core/src/index.js'],
  ['packages/client/src/a.ts', '@tocsin/core'],
  ['packages/client/src/handshake/a.ts', 'node:net'],
  ['packages/client/src/shared/a.ts', 'node:buffer'],
  ['packages/client/src/shared/b.ts', '../wire/x.js'],
  ['packages/client/src/browser/a.ts', '@tocsin/core/protocol'],
  ['packages/client/src/browser/b.ts', '../handshake/x.js'],
  ['packages/client/src/browser.ts', './index.js'],
  ['packages/express/src/a.ts', '@tocsin/events'],
  ['packages/express/src/b.ts', 'node:timers/promises'],
  ['packages/fastify/src/a.ts', '@tocsin/express'],
  ['packages/fastify/src/b.ts', 'node:timers/promises'],
  ['packages/nestjs/src/a.ts', '@tocsin/events'],
  ['packages/nestjs/src/b.ts', 'node:timers/promises'],
]

const allowed: [file: string, specifier: string][] = [
  core('protocol/ok.ts', 'node:buffer'),
  core('handshake/ok.ts', '../protocol/errors.js'),
  core('compression/ok.ts', 'node:zlib'),
  core('connection/ok.ts', '../runtime.js'),
  core('registry/ok.ts', '../connection/connection.js'),
  core('backplane/ok.ts', '../protocol/errors.js'),
  core('dispatcher/ok.ts', '../connection/timing-wheel.js'),
  core('endpoint/ok.ts', '../registry/x.js'),
  ['packages/client/src/wire/ok.ts', '@tocsin/core/compression'],
  ['packages/client/src/browser/ok.ts', '../shared/link.js'],
  ['packages/events/src/ok.ts', '@tocsin/core'],
  ['packages/express/src/ok.ts', 'express'],
  ['packages/fastify/src/ok.ts', 'fastify-plugin'],
  ['packages/nestjs/src/ok.ts', '@nestjs/websockets'],
]

let tree: string
let reported: Set<string>

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'architecture-'))
  cpSync(join(repository, '.oxlintrc.json'), join(tree, '.oxlintrc.json'))
  for (const [file, specifier] of [...forbidden, ...allowed]) write(file, `import type { X } from '${specifier}'\nexport type Y = X\n`)
  write('packages/core/src/endpoint/cycle-a.ts', `import type { B } from './cycle-b.js'\nexport interface A { b: B }\n`)
  write('packages/core/src/endpoint/cycle-b.ts', `import type { A } from './cycle-a.js'\nexport interface B { a: A }\n`)
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json'], { cwd: tree, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  reported = new Set(diagnostics.map(({ code, filename }) => `${code} ${filename}`))
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

describe('who may know whom', () => {
  test.each(forbidden)('%s may not import %s', (file) => {
    expect(reported).toContain(`eslint(no-restricted-imports) ${file}`)
  })

  test.each(allowed)('%s may import %s', (file) => {
    expect(reported).not.toContain(`eslint(no-restricted-imports) ${file}`)
  })

  test.each(['a', 'b'])('a cycle of type imports is found (%s)', (half) => {
    expect(reported).toContain(`import(no-cycle) packages/core/src/endpoint/cycle-${half}.ts`)
  })
})
