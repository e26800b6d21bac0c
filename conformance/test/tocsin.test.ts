// Every case against Tocsin, and the committed table against what they say.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderMarkdown } from '../src/report.js'
import { type EchoServer, startTocsin } from '../src/servers/tocsin.js'
import { THEMES } from '../src/themes.js'

let server: EchoServer
beforeAll(async () => { server = await startTocsin() })
afterAll(() => server[Symbol.asyncDispose]())

describe.each(THEMES)('$name', ({ cases }) => {
  test.each(cases)('§$section $name', async (each) => {
    await each.run({ url: server.url, timeout: 5_000 })
  })

  test('no two cases share a name', () => {
    expect(new Set(cases.map(({ name, section }) => `${section} ${name}`)).size).toBe(cases.length)
  })
})

test('docs/conformance.md is what `npm run conformance -- --write` writes when all cases pass', () => {
  const allPassed = THEMES.map(({ name, cases }) => ({ name, results: cases.map((each) => ({ ...each, failure: undefined })) }))
  expect(readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')).toBe(renderMarkdown(allPassed))
})
