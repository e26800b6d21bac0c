// The brief form, with everything that is bad at once. What core is like decides, not how fast this machine is.
import { expect, test } from 'vitest'
import { parseOptions } from '../src/arguments.js'
import { runChaos } from '../src/suite.js'
import { unmet } from './support.js'

test('every bad client at once, and the good ones notice nothing', { timeout: 300_000 }, async () => {
  expect(unmet(await runChaos(parseOptions(['--brief']).plan))).toEqual([])
})
