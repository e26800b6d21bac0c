// Any conversation, fragmented, interleaved with control frames, masked and cut at random, gives the messages that were meant.
import { isUtf8 } from 'node:buffer'
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { readMessages } from './support/read.js'
import { nearUtf8, placeSeeds, placesWithin, validUtf8 } from './support/utf8-arbitrary.js'
import { firstBadByte } from './support/utf8-oracle.js'
import { cut, encode, failsAfter, slices } from './support/wire.js'

interface Script {
  readonly kind: 'text' | 'binary'
  readonly payload: Buffer
  /** Where the message is cut into fragments. */
  readonly seeds: readonly number[]
  /** Pings between the fragments. */
  readonly pings: readonly number[]
}

const key = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined })
const bytes = fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ minLength: 100, maxLength: 400 }))
const binary = bytes.map(payload => Buffer.from(payload))
const longText = fc.tuple(validUtf8, fc.nat(40)).map(([text, times]) => Buffer.concat(Array<Buffer>(times).fill(text)))
const details = { seeds: placeSeeds, pings: fc.array(fc.nat(5), { maxLength: 2 }) }
const script: fc.Arbitrary<Script> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), payload: fc.oneof(validUtf8, longText), ...details }),
  fc.record({ kind: fc.constant('binary' as const), payload: binary, ...details }),
)

function fragments({ kind, payload, seeds, pings }: Script, mask: Uint8Array | undefined): Buffer[] {
  const parts = cut(payload, placesWithin(payload.length, seeds))
  return parts.flatMap((part, i) => {
    const opcode = i > 0 ? 0x0 : kind === 'text' ? 0x1 : 0x2
    const frame = encode((i === parts.length - 1 ? 0x80 : 0) | opcode, part, mask)
    return pings.includes(i) ? [encode(0x89, String(i), mask), frame] : [frame]
  })
}

function expected({ kind, payload, seeds, pings }: Script): string[] {
  const sent = [...new Set(pings)].filter(i => i <= seeds.length).sort((a, b) => a - b)
  const message = kind === 'text' ? `text ${JSON.stringify(payload.toString())}` : `binary ${payload.toString('hex')}`.trimEnd()
  return [...sent.map(i => `ping ${Buffer.from(String(i)).toString('hex')}`), message]
}

describe('any conversation', () => {
  it('A29: §5.4 random fragments, pings, masks and cuts give the messages that were meant, as in one piece', () => {
    fc.assert(
      fc.property(fc.array(script, { maxLength: 4 }), key, placeSeeds, (scripts, mask, seeds) => {
        const wire = Buffer.concat(scripts.flatMap(one => fragments(one, mask)))
        const meant = scripts.flatMap(expected)
        expect(readMessages(cut(wire, []))).toEqual(meant)
        expect(readMessages(cut(wire, placesWithin(wire.length, seeds)))).toEqual(meant)
        expect(readMessages(slices(wire, 1 + (seeds[0] ?? 0) % 9))).toEqual(meant)
      }),
      { numRuns: 250 },
    )
  })

  it('§8.1: text in fragments is taken when node:buffer takes the whole, and refused with 1007 when not', () => {
    fc.assert(
      fc.property(nearUtf8, fc.tuple(placeSeeds, placeSeeds), key, (payload, [seeds, cuts], mask) => {
        const wire = Buffer.concat(fragments({ kind: 'text', payload, seeds, pings: [] }, mask))
        const seen = readMessages(cut(wire, placesWithin(wire.length, cuts)))
        const meant = isUtf8(payload) ? `text ${JSON.stringify(payload.toString())}` : 'fail 1007 §8.1 WS_ERR_INVALID_UTF8'
        expect(seen).toEqual([meant])
      }),
      { numRuns: 600 },
    )
  })

  it('SECURITY frames: §8.1 refused exactly at the first byte that no continuation can mend', () => {
    const bad = nearUtf8.filter(payload => firstBadByte(payload) >= 0)
    fc.assert(
      fc.property(bad, key, (payload, mask) => {
        const wire = encode(0x81, payload, mask)
        const header = wire.length - payload.length
        expect(failsAfter(wire, readMessages)).toBe(header + firstBadByte(payload) + 1)
      }),
      { numRuns: 200 },
    )
  })

  it.each([65_535, 65_536, (1 << 20) - 1])('A29: a text of %i bytes, whole and in reads of a prime size', size => {
    const text = 'a'.repeat(1000) + 'é'.repeat((size - 1001) >> 1) + '!'.repeat(1 + ((size - 1001) & 1))
    const wire = encode(0x81, text, Buffer.from('37fa213d', 'hex'))
    for (const chunks of [cut(wire, []), slices(wire, 4099), slices(wire, 65_521)]) {
      const [seen, ...rest] = readMessages(chunks)
      expect([seen === `text ${JSON.stringify(text)}`, rest]).toEqual([true, []])
    }
  })
})
