import { describe, expect, test } from 'vitest'
import { Comparison } from '../../src/load/comparison.js'

describe('a comparison', () => {
  const stream = Buffer.from('answer'.repeat(5))

  test.each([1, 2, 5, 6, 7, 30])('counts whole answers in pieces of %d', (size) => {
    const comparison = new Comparison(Buffer.from('answer'))
    let count = 0
    for (let at = 0; at < stream.length; at += size) count += comparison.take(stream.subarray(at, at + size))
    expect(count).toBe(5)
  })

  test('notices one wrong byte', () => {
    const comparison = new Comparison(Buffer.from('answer'))
    comparison.take(Buffer.from('answeran'))
    expect(() => comparison.take(Buffer.from('sver'))).toThrow('an answer differs between byte 2 and 6')
  })
})
