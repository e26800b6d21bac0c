// RFC 6455 §8.1, RFC 3629: UTF-8 in pieces, refused at the first byte that no continuation can mend.
import { isUtf8 } from 'node:buffer'
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { Utf8Validator } from '../../src/protocol/utf8.js'
import { nearUtf8, placeSeeds, placesWithin } from './support/utf8-arbitrary.js'
import { canBeContinued, firstBadByte } from './support/utf8-oracle.js'
import { cut, hex, slices } from './support/wire.js'

/** Feeds the pieces until one is refused. */
function validate(pieces: readonly Uint8Array[]): 'refused' | 'complete' | 'incomplete' {
  const validator = new Utf8Validator()
  for (const piece of pieces) if (!validator.push(piece)) return 'refused'
  return validator.isComplete ? 'complete' : 'incomplete'
}

function refusedAt(bytes: Uint8Array): number {
  const validator = new Utf8Validator()
  return slices(bytes, 1).findIndex(byte => byte.length > 0 && !validator.push(byte))
}

/** After Markus Kuhn's "UTF-8 decoder capability and stress test": bytes, and the index of the first bad one (-1: none). */
const KUHN: [section: string, bytes: string, bad: number][] = [
  ['1 correct: κόσμε', 'ceba e1bdb9 cf83 cebc ceb5', -1],
  ['2.1.1 first of 1 byte, U+0000', '00', -1],
  ['2.1.2 first of 2 bytes, U+0080', 'c280', -1],
  ['2.1.3 first of 3 bytes, U+0800', 'e0a080', -1],
  ['2.1.4 first of 4 bytes, U+10000', 'f0908080', -1],
  ['2.1.5 first of 5 bytes', 'f888808080', 0],
  ['2.1.6 first of 6 bytes', 'fc8480808080', 0],
  ['2.2.1 last of 1 byte, U+007F', '7f', -1],
  ['2.2.2 last of 2 bytes, U+07FF', 'dfbf', -1],
  ['2.2.3 last of 3 bytes, U+FFFF', 'efbfbf', -1],
  ['2.2.4 last of 4 bytes, U+1FFFFF', 'f7bfbfbf', 0],
  ['2.3.1 U+D7FF', 'ed9fbf', -1],
  ['2.3.2 U+E000', 'ee8080', -1],
  ['2.3.3 U+FFFD', 'efbfbd', -1],
  ['2.3.4 U+10FFFF', 'f48fbfbf', -1],
  ['2.3.5 U+110000', 'f4908080', 1],
  ['3.1 stray continuation 80', '61 80', 1],
  ['3.1 stray continuation bf', 'bf', 0],
  ['3.1 one continuation too many', 'c3a9 80', 2],
  ['3.2.1 a lead of 2 bytes, then a space', 'c3 20', 1],
  ['3.2.2 a lead of 3 bytes, then a space', 'e2 20', 1],
  ['3.2.3 a lead of 4 bytes, then a space', 'f1 20', 1],
  ['3.3 the last byte of 3 missing, then text', 'e282 61', 2],
  ['3.3 the last byte of 4 missing, then text', 'f09f98 61', 3],
  ['3.4 a lead inside a character', 'e282 e282ac', 2],
  ['3.5 impossible fe', '61 fe', 1],
  ['3.5 impossible ff', 'ff', 0],
  ['4.1 overlong 2 bytes', 'c0af', 0],
  ['4.1 overlong 3 bytes', 'e080af', 1],
  ['4.1 overlong 4 bytes', 'f08080af', 1],
  ['4.2 the largest overlong 2 bytes', 'c1bf', 0],
  ['4.2 the largest overlong 3 bytes', 'e09fbf', 1],
  ['4.2 the largest overlong 4 bytes', 'f08fbfbf', 1],
  ['5.1 the first surrogate', 'eda080', 1],
  ['5.1 the last surrogate', 'edbfbf', 1],
  ['5.2 a pair of surrogates (CESU-8)', 'eda080 edb080', 1],
  ['5.3 a noncharacter is a character', 'efbfbe', -1],
  ['a byte order mark is a character', 'efbbbf', -1],
]

describe('Utf8Validator', () => {
  it.each(KUHN)('SECURITY frames: §8.1 %s (%s): first bad byte %i', (_name, text, bad) => {
    const bytes = hex(text)
    expect(firstBadByte(bytes), 'the oracle agrees with the table').toBe(bad)
    expect(refusedAt(bytes)).toBe(bad)
    for (let at = 0; at <= bytes.length; at++) expect(validate(cut(bytes, [at]))).toBe(bad < 0 ? 'complete' : 'refused')
  })

  it.each(['c3', 'e2', 'e282', 'e0a0', 'ed9f', 'f0', 'f09f', 'f09f98', 'f48fbf', '61c3'])('§8.1: %s is a beginning, not an end', text => {
    expect(validate([hex(text)])).toBe('incomplete')
    expect(validate(slices(hex(text), 1))).toBe('incomplete')
  })

  it('RFC 3629 §4: all beginnings of one, two and three bytes are judged like the brute-force oracle', () => {
    const wrong: string[] = []
    const check = (...bytes: number[]): void => {
      const fine = canBeContinued(Uint8Array.from(bytes))
      const whole = validate([Uint8Array.from(bytes)]) !== 'refused'
      const single = refusedAt(Uint8Array.from(bytes)) < 0
      if (whole !== fine || single !== fine) wrong.push(Buffer.from(bytes).toString('hex'))
    }
    const thirds = [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff]
    for (let first = 0; first < 256; first++) {
      check(first)
      for (let second = 0; second < 256; second += first < 0xc0 ? 13 : 1) check(first, second)
      for (const second of [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf]) for (const third of thirds) check(first, second, third)
    }
    expect(wrong).toEqual([])
  })

  it('agrees with node:buffer isUtf8 on random and near-valid bytes, however they are cut', () => {
    fc.assert(
      fc.property(nearUtf8, placeSeeds, (bytes, seeds) => {
        const verdict = validate(cut(bytes, placesWithin(bytes.length, seeds)))
        expect(verdict === 'complete').toBe(isUtf8(bytes))
        expect(verdict === 'refused').toBe(firstBadByte(bytes) >= 0)
      }),
      { numRuns: 1500 },
    )
  })

  it('SECURITY frames: refuses at exactly the first byte that no continuation can mend', () => {
    fc.assert(
      fc.property(nearUtf8, bytes => {
        expect(refusedAt(bytes)).toBe(firstBadByte(bytes))
      }),
      { numRuns: 1000 },
    )
  })

  it('once refused, stays refused, whatever comes', () => {
    for (const bad of ['ff', 'e220', '61c0af61', 'f4908080']) {
      const validator = new Utf8Validator()
      expect(validator.push(hex(bad))).toBe(false)
      expect(['', '61', '80', 'c3a9'].map(more => validator.push(hex(more)))).toEqual([false, false, false, false])
      expect(validator.isComplete).toBe(false)
    }
  })

  it('reset() begins a new text', () => {
    const validator = new Utf8Validator()
    for (const before of ['ff', 'e282', '61']) {
      validator.push(hex(before))
      validator.reset()
      expect([validator.push(hex('c3')), validator.push(hex('a9')), validator.isComplete]).toEqual([true, true, true])
    }
  })

  it('looks at the given range only', () => {
    const validator = new Utf8Validator()
    expect(validator.push(hex('ff e282 ff'), 1, 3)).toBe(true)
    expect(validator.push(hex('ff ac 61 ff'), 1, 3)).toBe(true)
    expect([validator.isComplete, validator.push(hex('ff'), 1), validator.push(hex('ff'), 0, 0)]).toEqual([true, true, true])
  })

  it('takes a long text in small and large pieces', () => {
    const bytes = Buffer.from('aé€😀'.repeat(5000))
    for (const size of [1, 2, 3, 4, 5, 7, 63, 4096, bytes.length]) expect(validate(slices(bytes, size))).toBe('complete')
  })
})
