// RFC 7692 §7.2.2 and its examples; what ends a message and what does not.
import { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { describe, expect, test, vi } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { deflated } from '../support/deflate-peer.js'
import { inflatePlainly } from '../support/inflate.js'
import { noise, prose } from '../support/samples.js'
import { bytewise, cutAt, hex, inflate, inflaterFor } from './support/codec.js'

const pools = [['a pool that reuses contexts', () => new ZlibPool()], ['a pool that cannot', () => new ZlibPool({ reusesContexts: false })], ['no budget', () => new ZlibPool({ budget: 0 })]] as const
const badData = expect.objectContaining({ name: 'ProtocolError', code: 'WS_ERR_INVALID_DEFLATE', closeCode: 1007, section: '7692 7.2.2' }) as Error

/** Payloads and the message in each, all of RFC 7692 §7.2.3 and more of the kind. */
const examples: [string, Buffer, string][] = [
  ['§7.2.3.1: one block', hex('f2 48 cd c9 c9 07 00'), 'Hello'],
  ['§7.2.3.3: a stored block', hex('00 05 00 fa ff 48 65 6c 6c 6f 00'), 'Hello'],
  ['§7.2.3.4: a block with BFINAL', hex('f3 48 cd c9 c9 07 00 00'), 'Hello'],
  ['§7.2.3.5: two blocks', hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'), 'Hello'],
  ['§7.2.3.6: an empty message', hex('00'), ''],
  ['an empty message of an empty block', hex('02 00'), ''],
  ['an empty message of an empty final block', hex('03 00 00'), ''],
  ['an empty final block and no more', hex('03 00'), ''],
  ['BFINAL without the empty block behind it', hex('f3 48 cd c9 c9 07 00'), 'Hello'],
  ['BFINAL in the block of the tail itself', hex('f2 48 cd c9 c9 07 00 00 00 ff ff 01'), 'Hello'],
  ['BFINAL in the middle', hex('f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00'), 'HelloHello'],
  ['a final stored block, then another stream', hex('01 05 00 fa ff 48 65 6c 6c 6f f2 48 cd c9 c9 07 00'), 'HelloHello'],
  ['empty final blocks all along', hex('03 00 03 00 03 00 00'), ''],
]

describe.each(pools)('%s', (_name, makePool) => {
  test.each(examples)('%s', (_what, payload, message) => {
    const inflater = inflaterFor({ pool: makePool() })
    expect(inflate(inflater, payload).toString()).toBe(message)
    expect(inflate(inflater, ...bytewise(payload)).toString()).toBe(message)
    for (let cut = 0; cut <= payload.length; cut++) expect(inflate(inflater, payload.subarray(0, cut), payload.subarray(cut)).toString(), `cut at ${cut}`).toBe(message)
  })

  test('§7.2.3.1: fragments, also empty ones', () => {
    const inflater = inflaterFor({ pool: makePool() })
    expect(inflate(inflater, hex('f2 48 cd'), hex('c9 c9 07 00')).toString()).toBe('Hello')
    expect(inflate(inflater, hex(''), hex('f2 48 cd'), hex(''), hex('c9 c9 07 00'), hex('')).toString()).toBe('Hello')
  })

  test.each<[string, string]>([
    ['a block of the reserved type', '07 00'], ['another', 'ff ff ff ff'], ['a stored block whose lengths disagree', '00 05 00 00 00 48 65 6c 6c 6f 00'],
    ['a match before the beginning', 'f2 00 11 00 00'], ['garbage behind a message', 'f2 48 cd c9 c9 07 00 ff'], ['half a final block behind a message', 'f3 48 cd c9 c9 07 00 f2'],
    ['cut in a Huffman block', 'f2 48 cd c9'], ['cut in a stored block', '00 05 00 fa ff 48 65 6c'], ['cut in its header', '00 05'], ['an empty payload', ''],
    ['without the byte of the last block', '00 05 00 fa ff 48 65 6c 6c 6f'],
  ])('%s: 1007', (_what, payload) => {
    expect(() => inflate(inflaterFor({ pool: makePool() }), hex(payload))).toThrow(badData)
    if (payload !== '') expect(() => inflate(inflaterFor({ pool: makePool() }), ...bytewise(hex(payload)))).toThrow(badData)
  })

  test('the limit: 1009 for one byte more, however it is cut', () => {
    for (const size of [1, 100, 65_535, 65_536, 65_537, 200_000]) {
      const payload = deflated(Buffer.alloc(size, 'x'))
      const exact = { pool: makePool(), maxMessageSize: size }
      expect(inflate(inflaterFor(exact), payload).length).toBe(size)
      // What exceeds it is found here, or by who collects the output.
      let length = 0
      try { length = inflate(inflaterFor({ ...exact, maxMessageSize: size - 1 }), payload).length } catch (error) { expect(error).toMatchObject({ closeCode: 1009 }); length = size }
      expect(length).toBe(size)
    }
  })
})

describe('context takeover', () => {
  test('§7.2.3.2: the second message refers to the first', () => {
    const inflater = inflaterFor({ keepsContext: true })
    expect(inflate(inflater, hex('f2 48 cd c9 c9 07 00')).toString()).toBe('Hello')
    expect(inflate(inflater, hex('f2 00 11 00 00')).toString()).toBe('Hello')
    expect(inflate(inflater, ...bytewise(hex('f2 00 11 00 00'))).toString()).toBe('Hello')
    expect(() => inflate(inflaterFor(), hex('f2 00 11 00 00'))).toThrow(badData)
  })

  test('truncated data is 1007, and BFINAL ends the history', () => {
    for (const cut of [1, 2, 3, 4, 5]) expect(() => inflate(inflaterFor({ keepsContext: true }), hex('f2 48 cd c9 c9 07 00').subarray(0, cut)), `${cut}`).toThrow(badData)
    for (const final of ['f3 48 cd c9 c9 07 00 00', 'f3 48 cd c9 c9 07 00', 'f2 48 cd c9 c9 07 00 00 00 ff ff 01']) {
      const inflater = inflaterFor({ keepsContext: true })
      expect(inflate(inflater, hex(final)).toString()).toBe('Hello')
      expect(inflate(inflater, hex('f2 48 cd c9 c9 07 00')).toString(), final).toBe('Hello')
      expect(inflate(inflater, hex('f2 00 11 00 00')).toString(), final).toBe('Hello')
      const fresh = inflaterFor({ keepsContext: true })
      inflate(fresh, hex(final))
      expect(() => inflate(fresh, hex('f2 00 11 00 00')), final).toThrow(badData)
    }
  })
})

test('without room for states that last, unfinished messages hold none', () => {
  const pool = new ZlibPool({ budget: 0 })
  const made = vi.spyOn(pool, 'make')
  const payload = deflated(prose(500))
  const inflaters = Array.from({ length: 10 }, () => inflaterFor({ pool }))
  for (const inflater of inflaters) inflater.feed(payload.subarray(0, 50), false)
  for (const inflater of inflaters) expect(inflate(inflater, payload.subarray(50)).toString()).toBe(prose(500))
  expect(made).toHaveBeenCalledTimes(1)
})

test('the payload for a relay is what came, also when the memory of earlier slices has changed', () => {
  const payload = deflated(prose(500))
  const inflater = inflaterFor()
  const slices = [payload.subarray(0, 50), payload.subarray(50, 90), payload.subarray(90)].map((slice) => Buffer.from(slice))
  for (const [i, slice] of slices.entries()) {
    inflater.feed(slice, i === 2)
    while (inflater.hasWork) inflater.next()
    if (i < 2) slice.fill('!')
  }
  expect(inflater.takePayload()!.equals(payload)).toBe(true)
  expect(inflater.takePayload()).toBeUndefined()
})

describe('its end', () => {
  test('is accepted exactly where an independent reader finds it', () => {
    const message = fc.constantFrom(prose(40), prose(300, 2), 'Hello', `${'a'.repeat(500)}${prose(20, 3)}`, noise(60).toString('latin1'))
    const change = fc.oneof(fc.record({ keep: fc.nat(300) }), fc.record({ at: fc.nat(300), bit: fc.nat(7) }), fc.record({ extra: fc.uint8Array({ maxLength: 6 }) }))
    const pool = new ZlibPool()
    const verdicts = { good: 0, bad: 0 }
    fc.assert(fc.property(message, change, fc.constantFrom(0, 1, 6), fc.array(fc.nat(300), { maxLength: 3 }), (text, how, level, places) => {
      const payload = changed(deflated(text, level), how)
      const plain = inflatePlainly(payload)
      const read = (): Buffer => inflate(inflaterFor({ pool }), ...cutAt(payload, places))
      verdicts[plain.isComplete ? 'good' : 'bad']++
      if (plain.isComplete) expect(read().equals(plain.output)).toBe(true)
      else expect(read).toThrow(badData)
    }), { seed: 7692, numRuns: 1_500 })
    expect(Math.min(verdicts.good, verdicts.bad)).toBeGreaterThan(100)
  })

  test('in the middle of a byte is none: others could not go on behind it', () => {
    // A Huffman block whose end-of-block code is nine ones: the 0xffff of the tail completes it, and seven bits are left over.
    const payload = endsInTail()
    expect(inflatePlainly(payload)).toMatchObject({ isComplete: false })
    expect(() => inflate(inflaterFor(), payload)).toThrow(badData)
  })
})

interface Change { readonly keep?: number; readonly at?: number; readonly bit?: number; readonly extra?: Uint8Array }

function changed(payload: Buffer, { keep, at, bit, extra }: Change): Buffer {
  if (keep !== undefined) return payload.subarray(0, keep % (payload.length + 1))
  if (extra !== undefined) return Buffer.concat([payload, extra])
  const copy = Buffer.from(payload)
  copy[at! % copy.length]! ^= 1 << bit!
  return copy
}

/** RFC 1951 §3.2.7 by hand: literals of 1 to 8 bits, the end of the block and one more literal of 9 bits; the data is nothing. */
function endsInTail(): Buffer {
  const bits: number[] = []
  const put = (value: number, count: number): void => { for (let i = 0; i < count; i++) bits.push((value >> i) & 1) }
  put(0b100, 3) // not final, dynamic
  put(0, 5); put(0, 5); put(14, 4) // 257 literals, 1 distance, 18 lengths of lengths
  // Sixteen lengths have a code of four bits each, all that are needed among them.
  const known = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16]
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]
  for (const symbol of order) put(known.includes(symbol) ? 4 : 0, 3)
  const code = (symbol: number): void => { const index = known.indexOf(symbol); for (let i = 3; i >= 0; i--) bits.push((index >> i) & 1) }
  const lengths = Array.from({ length: 257 }, () => 0)
  for (let i = 1; i <= 8; i++) lengths[64 + i] = i
  lengths[200] = 9
  lengths[256] = 9
  for (const length of [...lengths, 0]) code(length)
  while (bits.length % 8 > 0) put(0, 1) // literals of one bit
  return Buffer.from(Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, at) => byte | (bit << at), 0)))
}
