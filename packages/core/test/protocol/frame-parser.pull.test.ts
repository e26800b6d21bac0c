// The parser as a thing that is pulled: who owns which bytes, when nothing may be read, copied, allocated or kept.
import fc from '../support/fast-check.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FrameParser, ParserEvent } from '../../src/protocol/frame-parser.js'
import { Opcode } from '../../src/protocol/opcode.js'
import { readFrames } from './support/read.js'
import { asMasked, cut, encode, hex, replaySplit, slices } from './support/wire.js'

const { NeedMore, Header, Payload } = ParserEvent
const parserOf = (...chunks: Buffer[]): FrameParser => {
  const parser = new FrameParser({ masked: undefined })
  for (const chunk of chunks) parser.feed(chunk)
  return parser
}

afterEach(() => vi.restoreAllMocks())

describe('pull', () => {
  it('never reads ahead: each next() moves by one header or one slice, whatever follows', () => {
    const parser = parserOf(hex('81 01 61  83 00'))
    expect([parser.unparsedLength, parser.next(), parser.unparsedLength]).toEqual([5, Header, 3])
    expect([parser.next(), parser.unparsedLength]).toEqual([Payload, 2])
    expect(() => parser.next()).toThrow('opcode 0x3')
  })

  it('keeps what was not looked at when more is fed, in order', () => {
    const parser = parserOf(hex('81 01 61 89'), hex('02 62'), hex('63'), Buffer.alloc(0))
    expect(parser.unparsedLength).toBe(7)
    expect(parser.next()).toBe(Header)
    parser.feed(hex('8a 00'))
    const opcodes = [parser.opcode]
    for (let event = parser.next(); event !== NeedMore; event = parser.next()) if (event === Header) opcodes.push(parser.opcode)
    expect(opcodes).toEqual([Opcode.Text, Opcode.Ping, Opcode.Pong])
  })

  it('announces the header before any payload is there', () => {
    const parser = parserOf(hex('02 fe 0100 01020304'))
    expect(parser.next()).toBe(Header)
    const { fin, rsv1, opcode, masked, maskingKey, payloadLength } = parser
    expect({ fin, rsv1, opcode, masked, payloadLength }).toEqual({ fin: false, rsv1: false, opcode: 2, masked: true, payloadLength: 256 })
    expect(maskingKey).toBe(0x04030201)
    expect([parser.isFrameComplete, parser.next(), parser.next()]).toEqual([false, NeedMore, NeedMore])
  })

  it('asks for more at once without anything fed', () => {
    expect([parserOf().next(), parserOf(Buffer.alloc(0)).next()]).toEqual([NeedMore, NeedMore])
  })

  it('hands out slices of data as they come: views of the chunk, with their place in the payload', () => {
    const chunks = cut(encode(0x82, 'abcdefghij'), [2, 5, 6])
    const parser = parserOf()
    const seen: unknown[] = []
    for (const chunk of chunks) {
      parser.feed(chunk)
      for (let event = parser.next(); event !== NeedMore; event = parser.next()) {
        if (event === Header) continue
        expect(parser.bytes).toBe(chunk)
        seen.push([parser.bytes.toString('latin1', parser.sliceStart, parser.sliceEnd), parser.sliceOffset, parser.isFrameComplete])
      }
    }
    expect(seen).toEqual([['abc', 0, false], ['d', 3, false], ['efghij', 4, true]])
  })

  it('hands out a control payload whole, however it was cut', () => {
    const wire = asMasked(encode(0x89, 'x'.repeat(125)))
    for (const chunks of [cut(wire, [4]), cut(wire, [6]), cut(wire, [70]), slices(wire, 1)]) {
      const parser = parserOf()
      const payloads: number[] = []
      for (const chunk of chunks) {
        parser.feed(chunk)
        for (let event = parser.next(); event !== NeedMore; event = parser.next()) {
          if (event === Payload) payloads.push(parser.sliceEnd - parser.sliceStart)
        }
      }
      expect(payloads).toEqual([125])
    }
  })

  it('discard() forgets what was fed and not looked at', () => {
    const parser = parserOf(hex('81 01 61 83 00'))
    parser.next()
    parser.discard()
    expect([parser.unparsedLength, parser.bytes.length, parser.next()]).toEqual([0, 0, NeedMore])
  })
})

describe('memory', () => {
  it('an idle connection does not pin the chunk that it read last, and has no buffer of its own', () => {
    const slow = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const pooled = vi.spyOn(Buffer, 'allocUnsafe')
    const parser = parserOf(hex('81 01 61 89 01 62 8a 00'))
    while (parser.next() !== NeedMore);
    expect(parser.bytes).toHaveLength(0)
    expect([...slow.mock.calls, ...pooled.mock.calls]).toEqual([])
  })

  it('a cut header costs 125 bytes once, not a share of a pool that others keep alive', () => {
    const slow = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const wire = asMasked(Buffer.concat([encode(0x82, 'abc'), encode(0x89, 'def'), encode(0x82, 'x'.repeat(300))]))
    readFrames(slices(wire, 1))
    expect(slow.mock.calls).toEqual([[125]])
  })

  it.each(['7fffffffffffffff', '0020000000000001', '0000000100000000'])('A28: a header that claims %s bytes allocates nothing', length => {
    const spies = [vi.spyOn(Buffer, 'allocUnsafeSlow'), vi.spyOn(Buffer, 'allocUnsafe'), vi.spyOn(Buffer, 'alloc')]
    const parser = parserOf(hex(`82 7f ${length} 00`))
    expect([parser.next(), parser.next(), parser.next()]).toEqual([Header, Payload, NeedMore])
    expect(parser.payloadLength).toBe(Number(BigInt(`0x${length}`)))
    expect(spies.flatMap(spy => spy.mock.calls)).toEqual([])
  })
})

describe('sizes', () => {
  it.each([0, 1, 124, 125, 126, 127, 128, 255, 256])('A29: §5.2 a frame of %i bytes, split at every byte', size => {
    const payload = Buffer.alloc(size, 0xa5)
    for (const wire of [encode(0x82, payload), encode(0x82, payload, hex('01020384'))]) {
      expect(replaySplit(wire, readFrames)).toEqual([`binary ${payload.toString('hex')}`.trimEnd()])
    }
  })

  it.each([65_534, 65_535, 65_536, 65_537, 1 << 20])('A29: §5.2 a frame of %i bytes, split in its header and around its end', size => {
    const payload = Buffer.alloc(size, 'tocsin')
    const wire = Buffer.concat([encode(0x82, payload, hex('01020384')), encode(0x89, '!')])
    const expected = readFrames(cut(wire, []))
    expect(expected[0]).toBe(`binary ${payload.toString('hex')}`)
    const places = Array.from({ length: 16 }, (_, i) => [i + 1, wire.length - i - 1]).flat()
    for (const place of [...places, 65_535, 65_536]) expect(readFrames(cut(wire, [place])) + '').toBe(expected + '')
    expect(readFrames(slices(wire, 1021)) + '').toBe(expected + '')
  })

  it('A29: any bytes, right or wrong, are read the same however they are cut', () => {
    const byte = fc.nat(255)
    const frameLike = fc.tuple(byte, byte, fc.uint8Array({ maxLength: 20 })).map(([a, b, rest]) => Buffer.from([a, b, ...rest]))
    const valid = fc.tuple(fc.constantFrom(0x81, 0x82, 0x01, 0x80, 0x89), fc.uint8Array({ maxLength: 200 })).map(([a, b]) => encode(a, b))
    const wire = fc.array(fc.oneof({ weight: 3, arbitrary: valid }, frameLike), { maxLength: 6 }).map(frames => Buffer.concat(frames))
    fc.assert(
      fc.property(wire, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (bytes, fractions) => {
        const places = fractions.map(fraction => Math.floor(fraction * bytes.length)).sort((a, b) => a - b)
        expect(readFrames(cut(bytes, places))).toEqual(readFrames(cut(bytes, [])))
      }),
      { numRuns: 400 },
    )
  })
})

it('says whether a frame has begun and not ended, be it by one byte', () => {
  const parser = parserOf()
  const states = [...hex('81 02 61 62 89 01 63')].map((byte) => {
    parser.feed(Buffer.of(byte))
    while (parser.next() !== NeedMore) { /* until the byte is used up */ }
    return parser.isInFrame
  })
  expect(states).toEqual([true, true, true, false, true, true, false])
})
