// That the README's table says what the clients are asked to do.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLIENTS } from '../src/clients/index.js'
import { renderMatrix } from '../src/matrix.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the table is the one that the clients make', () => {
  expect(readme).toContain(`\n${renderMatrix(CLIENTS)}\n`)
})
