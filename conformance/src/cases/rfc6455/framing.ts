// Frames of every length, in every form of it (RFC 6455 §5.2).
import { type Case, type Theme, answers, conversation, fails, staysOpen } from '../../case.js'
import { letters, pattern } from '../../payloads.js'
import { BINARY, CONTINUATION, PING, PONG, TEXT, frame } from '../../wire/frame.js'
import { binary, pong, text } from '../../wire/seen.js'

const SIZES = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 124, 125, 126, 127, 128, 129, 255, 256, 257, 1000, 4095, 4096, 4097, 32_767, 32_768, 65_534,
  65_535, 65_536, 65_537, 131_072,
]

function lengths(): Case[] {
  return SIZES.flatMap((size) => [
    answers(['5.2', `text of ${size} bytes`], { bytes: frame(TEXT, letters(size)) }, [text(letters(size))]),
    answers(['5.2', `binary of ${size} bytes`], { bytes: frame(BINARY, pattern(size)) }, [binary(pattern(size))]),
  ])
}

const KINDS: [name: string, opcode: number, first: Buffer[]][] = [
  ['text', TEXT, []],
  ['binary', BINARY, []],
  ['continuation', CONTINUATION, [frame(TEXT, '', { fin: false })]],
]

/** RFC 6455 §5.2: the minimal number of bytes MUST be used; §10.7: what breaks that is invalid data. */
function notMinimal(): Case[] {
  const wrong: [size: number, bits: 16 | 64][] = [
    [0, 16], [1, 16], [2, 16], [124, 16], [125, 16],
    [0, 64], [1, 64], [125, 64], [126, 64], [127, 64], [65_534, 64], [65_535, 64],
  ]
  return wrong.flatMap(([size, lengthBits]) => KINDS.map(([name, opcode, first]) =>
    fails(
      ['5.2', `${name} of ${size} bytes with a ${lengthBits}-bit length`],
      { bytes: [...first, frame(opcode, letters(size), { lengthBits })] },
      1002,
    )))
}

/** It is seen in the header: the payload does not come. */
function notMinimalAtOnce(): Case[] {
  const wrong: [length: number, bits: 16 | 64][] = [[100, 16], [125, 16], [125, 64], [65_535, 64]]
  return wrong.map(([declaredLength, lengthBits]) =>
    fails(
      ['5.2', `a length of ${declaredLength} in ${lengthBits} bits, before its payload comes`],
      { bytes: frame(BINARY, '', { lengthBits, declaredLength }) },
      1002,
    ))
}

/**
 * RFC 6455 §5.2: the most significant bit MUST be 0. A server may see it as a broken frame or as one that is too big. It is seen in
 * the header: no payload follows.
 */
function topBit(): Case[] {
  const lengths = [
    0x8000_0000_0000_0000n,
    0x8000_0000_0000_0001n,
    0x8000_0000_0000_0005n,
    0x8000_0000_0001_0000n,
    0xffff_ffff_0000_0000n,
    0xffff_ffff_ffff_ffffn,
  ]
  return lengths.flatMap((declaredLength) => KINDS.map(([name, opcode, first]) =>
    fails(
      ['5.2', `${name}: 64-bit length 0x${declaredLength.toString(16)}`],
      { bytes: [...first, frame(opcode, '', { declaredLength })] },
      [1002, 1009],
    )))
}

/** RFC 6455 §5.5: on a control frame it is the form that is wrong, whatever it says. */
function controlLengths(): Case[] {
  return [PING, PONG].flatMap((opcode) => [0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, 126n].map((declaredLength) =>
    fails(
      ['5.5', `${opcode === PING ? 'Ping' : 'Pong'}: 64-bit length 0x${declaredLength.toString(16)}`],
      { bytes: frame(opcode, '', { lengthBits: 64, declaredLength }) },
      1002,
    )))
}

function sequences(): Case[] {
  const three = [frame(TEXT, 'one'), frame(BINARY, 'two'), frame(TEXT, 'three')]
  const seen = [text('one'), binary('two'), text('three')]
  const rising = Array.from({ length: 300 }, (_, size) => letters(size))
  return [
    answers(['5.1', 'three messages in one segment'], { bytes: three }, seen),
    answers(['5.1', '500 messages in one segment'], { bytes: Array.from({ length: 500 }, (_, at) => frame(TEXT, `message ${at}`)) },
      Array.from({ length: 500 }, (_, at) => text(`message ${at}`))),
    answers(
      ['5.1', 'messages of 0 to 299 bytes in one segment'],
      { bytes: rising.map((each) => frame(TEXT, each)) },
      rising.map((each) => text(each)),
    ),
    answers([
      '5.6',
      '100 empty messages of both kinds',
    ], { bytes: Array.from({ length: 100 }, (_, at) => frame(at % 2 === 0 ? TEXT : BINARY)) },
      Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? text('') : binary('')))),
    conversation(['5.2', 'a header, and its payload later'], async (peer) => {
      const bytes = frame(TEXT, 'later')
      peer.write(Buffer.concat([frame(PING, 'before'), bytes.subarray(0, 6)]))
      await peer.expect(pong('before'))
      await peer.writeInPieces(bytes.subarray(6), 2)
      await peer.expect(text('later'))
      await staysOpen(peer)
    }),
  ]
}

export const framing: Theme = {
  name: 'Framing',
  rfc: 6455,
  cases: [...lengths(), ...notMinimal(), ...notMinimalAtOnce(), ...topBit(), ...controlLengths(), ...sequences()],
}
