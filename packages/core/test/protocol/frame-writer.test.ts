// RFC 6455 §5.2: frames written into a given buffer are, byte for byte, what the naive encoder makes.
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { FrameWriter, firstByteOf, frameHeaderSize, textFrameBound } from '../../src/protocol/frame-writer.js'
import { Opcode } from '../../src/protocol/opcode.js'
import { encode, hex } from './support/wire.js'

const TEXT = firstByteOf(Opcode.Text)

/** Writes into a buffer full of 0xee that has exactly the promised room after `before` bytes. */
function write(room: number, act: (writer: FrameWriter) => void, before = 3): Buffer {
  const writer = new FrameWriter(Buffer.alloc(before + room, 0xee))
  writer.position = before
  act(writer)
  expect(writer.bytes.subarray(0, before)).toEqual(Buffer.alloc(before, 0xee))
  return writer.bytes.subarray(before, writer.position)
}

const writeText = (text: string): Buffer => write(textFrameBound(text), writer => writer.writeText(TEXT, text))

describe('frame-writer', () => {
  it('A17: §5.2 FIN, RSV1 and opcode make the first byte', () => {
    expect([TEXT, firstByteOf(Opcode.Text, false), firstByteOf(Opcode.Continuation)]).toEqual([0x81, 0x01, 0x80])
    expect([firstByteOf(Opcode.Binary, true, true), firstByteOf(Opcode.Ping), firstByteOf(Opcode.Close)]).toEqual([0xc2, 0x89, 0x88])
  })

  it.each([
    [0, '81 00'],
    [125, '81 7d'],
    [126, '81 7e 007e'],
    [65_535, '81 7e ffff'],
    [65_536, '81 7f 0000000000010000'],
    [2 ** 31, '81 7f 0000000080000000'],
    [2 ** 32 - 1, '81 7f 00000000ffffffff'],
    [2 ** 32, '81 7f 0000000100000000'],
    [2 ** 32 + 5, '81 7f 0000000100000005'],
    [Number.MAX_SAFE_INTEGER, '81 7f 001fffffffffffff'],
  ])('§5.2: the header for %i bytes, the length minimal', (length, header) => {
    expect(write(frameHeaderSize(length), writer => writer.writeHeader(TEXT, length))).toEqual(hex(header))
  })

  it.each([0, 1, 23, 24, 125, 126, 127, 65_535, 65_536, 200_000])('§5.2: writeBytes with %i bytes', size => {
    const payload = Buffer.alloc(size, 'bytes')
    const room = frameHeaderSize(size) + size
    expect(write(room, writer => writer.writeBytes(0x82, payload)).equals(encode(0x82, payload))).toBe(true)
  })

  it('§5.2: writeText, for every length around every limit, from 1 to 4 bytes a character', () => {
    const lengths = [0, 1, 2, 22, 23, 24, 25, 31, 32, 41, 42, 43, 62, 63, 64, 124, 125, 126, 127, 128]
    const large = [16_383, 16_384, 21_845, 21_846, 32_767, 32_768, 65_534, 65_535, 65_536, 65_537]
    for (const character of ['a', '\x7F', '\x80', 'é', '€', '😀', '\uD800', '\0']) {
      for (const length of [...lengths, ...large]) {
        const text = character.repeat(length)
        if (!writeText(text).equals(encode(0x81, text))) expect.fail(`${JSON.stringify(character)} x ${length}`)
      }
    }
  })

  it('§5.6: one character that is not ASCII, at any place of a short text', () => {
    for (let length = 1; length < 30; length++) {
      for (let at = 0; at < length; at++) {
        const text = 'a'.repeat(at) + (at % 2 ? '€' : '\x80') + 'b'.repeat(length - at - 1)
        expect(writeText(text)).toEqual(encode(0x81, text))
      }
    }
  })

  it('§5.6: any string, lone surrogates included, within the promised bound', () => {
    const unit = fc.nat(0xffff).map(code => String.fromCharCode(code))
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(unit, { maxLength: 300 }).map(units => units.join('')))
    fc.assert(fc.property(text, value => writeText(value).equals(encode(0x81, value))), { numRuns: 300 })
  })

  it('appends frame after frame and says how much room is left', () => {
    const writer = new FrameWriter(Buffer.alloc(100))
    writer.writeText(TEXT, 'é')
    writer.writeBytes(0x82, hex('0102'))
    writer.writeHeader(0x89, 0)
    expect(writer.bytes.subarray(0, writer.position)).toEqual(hex('81 02 c3a9 82 02 0102 89 00'))
    expect([writer.position, writer.room]).toEqual([10, 90])
  })

  it('the bound holds for every string, and is no larger than it must be', () => {
    expect([textFrameBound(''), textFrameBound('abc')]).toEqual([10, 19])
    for (const text of ['', 'a', '\uFFFF'.repeat(50), '€'.repeat(70_000)]) {
      expect(textFrameBound(text)).toBeGreaterThanOrEqual(encode(0x81, text).length)
    }
  })
})
