import { expect, it } from 'vitest'
import { MaskingKeys } from '../../src/wire/masking-keys.js'

it('gives out each key once, over several batches, and all bits occur', () => {
  const keys = new MaskingKeys()
  const drawn = Array.from({ length: 5_000 }, () => keys.next())
  // Of 5,000 random keys of 32 bits, 0.003 pairs are equal on average.
  expect(new Set(drawn).size).toBeGreaterThan(4_990)
  expect(drawn.reduce((all, key) => all | key, 0)).toBe(-1)
  expect(drawn.reduce((all, key) => all & key, -1)).toBe(0)
})
