// Frames of every length, in every form of it (RFC 6455 §5.2), and however TCP cuts them.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, fails, staysOpen } from '../case.js'
import { BINARY, TEXT, frame } from '../wire/frame.js'
import { binary, text } from '../wire/seen.js'

const SIZES = [0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 128, 65_535, 65_536, 65_537, 1_048_576]
const SMALL = SIZES.filter((size) => size <= 128)
/** Cuts of a large frame: within its header, and across the reads of a server. */
const LARGE_PIECES = [1_009, 65_536]

/** Bytes that differ from their neighbours, so that none can be lost or moved. */
function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) & 0xff))
}

function letters(size: number): string {
  return Array.from({ length: size }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')
}

function lengths(): Case[] {
  return SIZES.flatMap((size) => [
    answers(['5.2', `text of ${size} bytes`], { bytes: frame(TEXT, letters(size)) }, [text(letters(size))]),
    answers(['5.2', `binary of ${size} bytes`], { bytes: frame(BINARY, pattern(size)) }, [binary(pattern(size))]),
  ])
}

function cuts(): Case[] {
  const small = SMALL.map((size): [number, number] => [size, 1])
  const large = SIZES.filter((size) => size > 128).flatMap((size) => LARGE_PIECES.map((pieces): [number, number] => [size, pieces]))
  return [...small, ...large].map(([size, pieces]) => {
    const payload = pattern(size)
    return answers(['5.2', `binary of ${size} bytes in pieces of ${pieces}`], { bytes: frame(BINARY, payload), pieces }, [binary(payload)])
  })
}

/** RFC 6455 §5.2: the minimal number of bytes MUST be used. */
function notMinimal(): Case[] {
  const wrong: [size: number, bits: 16 | 64][] = [[0, 16], [1, 16], [125, 16], [0, 64], [1, 64], [125, 64], [126, 64], [65_535, 64]]
  return wrong.flatMap(([size, lengthBits]) => [TEXT, BINARY].map((opcode) => {
    const name = `${opcode === TEXT ? 'text' : 'binary'} of ${size} bytes with a ${lengthBits}-bit length`
    return fails(['5.2', name], { bytes: frame(opcode, letters(size), { lengthBits }) }, 1002)
  }))
}

/** RFC 6455 §5.2: the most significant bit MUST be 0. It is seen in the header: no payload follows. */
function topBit(): Case[] {
  return [0x8000_0000_0000_0000n, 0x8000_0000_0000_0001n, 0xffff_ffff_ffff_ffffn].map((declaredLength) =>
    fails(['5.2', `64-bit length 0x${declaredLength.toString(16)}`], { bytes: frame(BINARY, '', { declaredLength }) }, 1002))
}

function sequences(): Case[] {
  const three = [frame(TEXT, 'one'), frame(BINARY, 'two'), frame(TEXT, 'three')]
  const many = Array.from({ length: 500 }, (_, index) => `message ${index}`)
  const seen = [text('one'), binary('two'), text('three')]
  return [
    answers(['5.1', 'three messages in one segment'], { bytes: three }, seen),
    answers(['5.1', 'three messages in pieces of 1'], { bytes: three, pieces: 1 }, seen),
    answers(['5.1', 'three messages in pieces of 5'], { bytes: three, pieces: 5 }, seen),
    answers(['5.1', '500 messages in one segment'], { bytes: many.map((each) => frame(TEXT, each)) }, many.map((each) => text(each))),
    conversation(['5.2', 'a header, and its payload later'], async (peer) => {
      const bytes = frame(TEXT, 'later')
      peer.write(bytes.subarray(0, 6))
      await peer.writeInPieces(bytes.subarray(6), 2)
      await peer.expect(text('later'))
      await staysOpen(peer)
    }),
  ]
}

/** RFC 6455 §7.4.1: 1009 for a message that is too big to process; nobody can take these. */
function tooLong(): Case[] {
  return [0x0040_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn].map((declaredLength) =>
    fails(['7.4.1', `64-bit length 0x${declaredLength.toString(16)}`], { bytes: frame(BINARY, '', { declaredLength }) }, 1009))
}

export const framing: Theme = {
  name: 'Framing',
  cases: [...lengths(), ...cuts(), ...notMinimal(), ...topBit(), ...tooLong(), ...sequences()],
}
