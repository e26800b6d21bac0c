import { expect, test } from 'vitest'
import { Sequences, emptyTally } from '../../src/load/tally.js'

test('in order and complete: nothing to say', () => {
  const tally = emptyTally()
  const sequences = new Sequences(2, tally)
  for (const sequence of [0, 1, 2]) sequences.take(sequence, 1)
  sequences.finish(3, 1)
  expect(tally).toMatchObject({ received: 3, lost: 0, disordered: 0, corrupt: 0 })
})

test('what is passed over, or never comes, is lost', () => {
  const tally = emptyTally()
  const sequences = new Sequences(1, tally)
  for (const sequence of [0, 3]) sequences.take(sequence)
  sequences.finish(6)
  expect(tally).toMatchObject({ received: 2, lost: 4, disordered: 0 })
})

test('what comes late, or twice, is out of order', () => {
  const tally = emptyTally()
  const sequences = new Sequences(1, tally)
  for (const sequence of [0, 2, 1, 1]) sequences.take(sequence)
  expect(tally.disordered).toBe(2)
})

test('what is no number, or of nobody, is corrupt', () => {
  const tally = emptyTally()
  const sequences = new Sequences(1, tally)
  sequences.take(NaN)
  sequences.take(0, 5)
  expect(tally).toMatchObject({ corrupt: 2, received: 0 })
})
