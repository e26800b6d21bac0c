// Servers that do what must never happen: the suite notices each.
import { expect, test } from 'vitest'
import { type Plan, BRIEF } from '../src/plan.js'
import type { Flaw } from '../src/server/flaws.js'
import { runChaos } from '../src/suite.js'
import { unmet } from './support.js'

const few: Plan = { ...BRIEF, good: 20, idle: 10, bad: 10, seconds: 2, kinds: ['comes-and-goes', 'over-long', 'reset-anywhere'], patience: 1000, seed: 1 }

test.concurrent.each<[Flaw, RegExp, Partial<Plan>]>([
  ['drops', /^good clients .* [1-9]\d* lost/, {}],
  ['skips', /^good clients .* [1-9]\d* lost/, {}],
  ['reorders', /^good clients .* [1-9]\d* out of order/, {}],
  ['throws', /^no error, nothing on stderr: Error: a flaw/, {}],
  ['keeps connections', /^no object of a connection is left: /, {}],
  ['keeps buffers', /^memory is back: /, {}],
  ['keeps handles', /^handles are those of the start: /, {}],
  ['has no limit', /^each bad client gets what it is due: over-long: /, { kinds: ['over-long'] }],
  ['has no deadline', /^each bad client gets what it is due: unfinished-message: open/, { kinds: ['unfinished-message'] }],
  ['has no heartbeat', /^each bad client gets what it is due: frozen: not found/, { kinds: ['frozen'] }],
])('a server that %s does not pass', { timeout: 300_000 }, async (flaw, expected, changed) => {
  const found = unmet(await runChaos({ ...few, ...changed, flaw }))
  expect(found).toContainEqual(expect.stringMatching(expected))
})
