// RFC 6455 §5.1-§5.8, bytes in, frames out. Every row is replayed masked and unmasked, split at every byte.
import { describe, expect, it } from 'vitest'
import { readFrames } from './support/read.js'
import { type Row, runTable } from './support/table.js'
import { asMasked, encode, failsAfter, hex, replaySplit } from './support/wire.js'

const CONTROL = ['88', '89', '8a']
const byte = (value: number): string => value.toString(16).padStart(2, '0')
const refused = (code: string, section = '5.2'): string[] => [`fail 1002 §${section} ${code}`]

const accepted: Row[] = [
  { name: '§5.7: a text message of one frame', frames: ['81 05 48656c6c6f'], seen: ['text 48656c6c6f'] },
  { name: '§5.4: fragments', frames: ['01 03 48656c', '80 02 6c6f'], seen: ['text+ 48656c', 'continuation 6c6f'] },
  { name: '§5.5.2: ping with a body', frames: ['89 05 48656c6c6f'], seen: ['ping 48656c6c6f'] },
  { name: '§5.5.2: ping without a body', frames: ['89 00'], seen: ['ping'] },
  { name: '§5.5.3: unsolicited pong', frames: ['8a 01 ff', '8a 00'], seen: ['pong ff', 'pong'] },
  { name: '§5.5.1: close', frames: ['88 02 03e8'], seen: ['close 03e8'] },
  { name: '§5.5.1: the parser reads on after a Close frame; its owner stops', frames: ['88 00', '81 00'], seen: ['close', 'text'] },
  { name: '§5.6: binary', frames: ['82 03 00ff80'], seen: ['binary 00ff80'] },
  { name: '§5.2: empty data frames', frames: ['81 00', '82 00', '01 00', '80 00'], seen: ['text', 'binary', 'text+', 'continuation'] },
  {
    name: '§5.4: control frames in the middle of a fragmented message',
    frames: ['02 01 61', '89 01 62', '00 01 63', '88 02 03e8', '80 01 64'],
    seen: ['binary+ 61', 'ping 62', 'continuation+ 63', 'close 03e8', 'continuation 64'],
  },
  ...CONTROL.map((first, i) => ({
    name: `§5.5: a control frame of 125 bytes (${first})`,
    frames: [`${first} 7d ${'ab'.repeat(125)}`],
    seen: [`${['close', 'ping', 'pong'][i]} ${'ab'.repeat(125)}`],
  })),
  { name: '§5.2: 125 bytes in 7 bits', frames: [`82 7d ${'00'.repeat(125)}`], seen: [`binary ${'00'.repeat(125)}`] },
  { name: '§5.2: 126 bytes in 16 bits', frames: [`82 7e 007e ${'11'.repeat(126)}`], seen: [`binary ${'11'.repeat(126)}`] },
  { name: '§5.7: 256 bytes in 16 bits', frames: [`82 7e 0100 ${'22'.repeat(256)}`], seen: [`binary ${'22'.repeat(256)}`] },
]

const reservedBits: Row[] = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].flatMap(bits =>
  [0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0x00, 0x01, 0x02].map(first => ({
    name: `SECURITY frames: §5.2 RSV without extension (first byte ${byte(first | bits)}) -> 1002`,
    frames: [`${byte(first | bits)} 00`],
    seen: refused('WS_ERR_RESERVED_BITS'),
    at: 1,
  })),
)

const reservedOpcodes: Row[] = [3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].flatMap(opcode =>
  [0x80, 0x00].map(fin => ({
    name: `SECURITY frames: §5.2 unknown opcode (first byte ${byte(fin | opcode)}) -> 1002`,
    frames: [`${byte(fin | opcode)} 00`],
    seen: refused('WS_ERR_OPCODE'),
    at: 1,
  })),
)

const controlFrames: Row[] = [
  ...['08', '09', '0a'].map(first => ({
    name: `SECURITY frames: §5.5 fragmented control frame (${first}) -> 1002`,
    frames: [`${first} 00`],
    seen: refused('WS_ERR_CONTROL_FRAME', '5.5'),
    at: 1,
  })),
  ...CONTROL.flatMap(first =>
    ['7e 007e', '7f 0000000000010000', '7e 0001', '7e', '7f'].map(length => ({
      name: `SECURITY frames: §5.5 long control frame (${first} ${length}) -> 1002`,
      frames: [`${first} ${length}`],
      seen: refused('WS_ERR_CONTROL_FRAME', '5.5'),
      at: 2,
    })),
  ),
]

const lengths: Row[] = [
  ...['7e 0000', '7e 007c', '7e 007d'].map(length => ({
    name: `SECURITY frames: §5.2 non-minimal length (${length}) -> 1002`,
    frames: [`82 ${length}`],
    seen: refused('WS_ERR_LENGTH'),
    at: 4,
  })),
  ...['00'.repeat(8), `${'00'.repeat(7)}7d`, `${'00'.repeat(6)}007e`, `${'00'.repeat(6)}ffff`].map(length => ({
    name: `SECURITY frames: §5.2 non-minimal length (7f ${length}) -> 1002`,
    frames: [`82 7f ${length}`],
    seen: refused('WS_ERR_LENGTH'),
    at: 10,
  })),
  ...[`80${'00'.repeat(7)}`, 'ff'.repeat(8), `8000000000010000`].map(length => ({
    name: `SECURITY frames: §5.2 64-bit length with the top bit set (${length}) -> 1002`,
    frames: [`82 7f ${length}`],
    seen: refused('WS_ERR_LENGTH'),
    at: 10,
  })),
]

const after: Row[] = [
  {
    name: '§5.2: what came before the broken frame counts',
    frames: ['81 02 4869', '89 00', '83 00'],
    seen: ['text 4869', 'ping', ...refused('WS_ERR_OPCODE')],
    at: 1,
  },
  {
    name: '§5.2: nothing is read after the broken frame',
    frames: ['81 02 4869', 'c1 00 81 00 81 00'],
    seen: ['text 4869', ...refused('WS_ERR_RESERVED_BITS')],
    at: 1,
  },
]

const rsv1 = { allowRsv1: true }
const extension: Row[] = [
  { name: '§5.8: RSV1 on text', frames: ['c1 01 00'], seen: ['text rsv1 00'], options: rsv1 },
  { name: '§5.8: RSV1 on the first fragment', frames: ['42 00', '80 00'], seen: ['binary+ rsv1', 'continuation'], options: rsv1 },
  { name: '§5.8: a message without RSV1', frames: ['81 01 61'], seen: ['text 61'], options: rsv1 },
  ...[0xc0, 0x40, 0xc8, 0xc9, 0xca, 0x91, 0xa1, 0xd1, 0xe1, 0xf2].map(first => ({
    name: `RFC 7692 §6, §5.2: ${byte(first)} where RSV1 is defined -> 1002`,
    frames: [`${byte(first)} 00`],
    seen: refused('WS_ERR_RESERVED_BITS'),
    at: 1,
    options: rsv1,
  })),
]

runTable('accepted', accepted, readFrames)
runTable('reserved bits', reservedBits, readFrames)
runTable('reserved opcodes', reservedOpcodes, readFrames)
runTable('control frames', controlFrames, readFrames)
runTable('lengths', lengths, readFrames)
runTable('order', after, readFrames)
runTable('RSV1 by extension', extension, readFrames)

describe('masking by role', () => {
  const refusedMask = refused('WS_ERR_MASK', '5.1')
  const frames = ['81 00', '82 02 0102', '80 00', '88 00', '89 01 61', '8a 00', '82 7e 00ff', '82 7f 0000000000010000'].map(hex)

  it.each(frames)('SECURITY frames: §5.1 unmasked client frame %# -> 1002', frame => {
    const atServer = (chunks: Buffer[]): string[] => readFrames(chunks, { masked: true })
    expect(replaySplit(frame, atServer)).toEqual(refusedMask)
    expect(failsAfter(frame, atServer)).toBe(2)
  })

  it.each(frames)('SECURITY frames: §5.1 masked server frame %# -> 1002', frame => {
    const atClient = (chunks: Buffer[]): string[] => readFrames(chunks, { masked: false })
    expect(replaySplit(asMasked(frame), atClient)).toEqual(refusedMask)
    expect(failsAfter(asMasked(frame), atClient)).toBe(2)
  })

  it('§5.3: every frame has its own key', () => {
    const keys = ['00000000', 'ffffffff', '01020384', '80ff7f00']
    const wire = Buffer.concat(keys.map((key, i) => encode(i % 2 ? 0x89 : 0x82, 'abc', hex(key))))
    const seen = ['binary 616263', 'ping 616263', 'binary 616263', 'ping 616263']
    expect(replaySplit(wire, chunks => readFrames(chunks, { masked: true }))).toEqual(seen)
  })

  it('§5.7: the RFC\'s masked examples, and both kinds where the role is not known', () => {
    const wire = hex('81 85 37fa213d 7f9f4d5158  8a 85 37fa213d 7f9f4d5158  81 05 48656c6c6f')
    expect(replaySplit(wire, readFrames)).toEqual(['text 48656c6c6f', 'pong 48656c6c6f', 'text 48656c6c6f'])
  })
})
