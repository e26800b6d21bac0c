// RFC 6455 §5.4, §5.6, §8.1, bytes in, messages out. Every row is replayed masked and unmasked, split at every byte.
import { describe, expect, it } from 'vitest'
import { readMessages } from './support/read.js'
import { type Row, runTable } from './support/table.js'
import { hex, replaySplit } from './support/wire.js'

const outOfSequence = ['fail 1002 §5.4 WS_ERR_FRAGMENT_SEQUENCE']
const tooBig = ['fail 1009 §7.4.1 WS_ERR_MESSAGE_TOO_BIG']
const badUtf8 = ['fail 1007 §8.1 WS_ERR_INVALID_UTF8']
const HEADER = 'header' as const

const messages: Row[] = [
  { name: '§5.7: a text message', frames: ['81 05 48656c6c6f'], seen: ['text "Hello"'] },
  { name: '§5.7: a fragmented text message', frames: ['01 03 48656c', '80 02 6c6f'], seen: ['text "Hello"'] },
  { name: '§5.6: binary is any bytes', frames: ['82 04 00ff80c3'], seen: ['binary 00ff80c3'] },
  { name: '§5.6: empty messages', frames: ['81 00', '82 00', '81 00'], seen: ['text ""', 'binary', 'text ""'] },
  { name: '§5.4: fragments take their type from the first', frames: ['02 01 61', '00 01 62', '80 01 63'], seen: ['binary 616263'] },
  { name: '§5.4: fragments of any size, also empty', frames: ['01 00', '00 01 61', '00 00', '00 01 62', '80 00'], seen: ['text "ab"'] },
  { name: '§5.4: all fragments empty', frames: ['01 00', '00 00', '80 00', '02 00', '80 00'], seen: ['text ""', 'binary'] },
  { name: '§5.4: one empty fragment, then the message', frames: ['02 00', '80 02 6162'], seen: ['binary 6162'] },
  {
    name: '§5.4, §5.5: control frames in the middle of a message',
    frames: ['01 02 61c3', '89 04 70696e67', '8a 00', '00 00', '89 00', '80 02 a962'],
    seen: ['ping 70696e67', 'pong', 'ping', 'text "aéb"'],
  },
  {
    name: '§5.4: messages one after the other',
    frames: ['01 01 61', '80 01 62', '82 01 63', '02 01 64', '80 01 65', '81 01 66'],
    seen: ['text "ab"', 'binary 63', 'binary 6465', 'text "f"'],
  },
  { name: '§5.6: a byte order mark is kept', frames: ['81 04 efbbbf61', '82 03 efbbbf'], seen: ['text "\uFEFFa"', 'binary efbbbf'] },
  { name: '§5.6: U+0000 is text', frames: ['81 03 610062'], seen: ['text "a\\u0000b"'] },
  {
    name: 'A29: 130 bytes of text that become other than ASCII at the end',
    frames: [`01 7d ${'61'.repeat(125)}`, '80 05 626364c3a9'],
    seen: [`text "${'a'.repeat(125)}bcdé"`],
  },
  {
    name: 'A29: long text, ASCII after other characters',
    frames: [`81 7e 0083 e282ac ${'62'.repeat(125)} c3a9 63`],
    seen: [`text "€${'b'.repeat(125)}éc"`],
  },
]

const sequence: Row[] = [
  ...['80 00', '00 00', '80 01 61', '00 05 48656c6c6f'].map(frame => ({
    name: `SECURITY frames: §5.4 stray continuation (${frame}) -> 1002`,
    frames: [frame],
    seen: outOfSequence,
    at: HEADER,
  })),
  {
    name: 'SECURITY frames: §5.4 continuation after a message that has ended -> 1002',
    frames: ['81 01 61', '80 01 62'],
    seen: ['text "a"', ...outOfSequence],
    at: HEADER,
  },
  {
    name: 'SECURITY frames: §5.4 continuation after a fragmented message that has ended -> 1002',
    frames: ['01 01 61', '80 01 62', '00 00'],
    seen: ['text "ab"', ...outOfSequence],
    at: HEADER,
  },
  ...['81 00', '01 00', '82 01 61', '02 01 61'].map(frame => ({
    name: `SECURITY frames: §5.4 new data frame (${frame}) inside a fragmented message -> 1002`,
    frames: ['01 01 61', frame],
    seen: outOfSequence,
    at: HEADER,
  })),
  {
    name: 'SECURITY frames: §5.4 new data frame after an empty first fragment -> 1002',
    frames: ['02 00', '89 00', '82 00'],
    seen: ['ping', ...outOfSequence],
    at: HEADER,
  },
]

const max = (maxMessageSize: number): { maxMessageSize: number } => ({ maxMessageSize })
const sizes: Row[] = [
  { name: 'A28: exactly the limit', frames: ['81 05 48656c6c6f'], seen: ['text "Hello"'], options: max(5) },
  { name: 'A28: exactly the limit in fragments', frames: ['02 02 0102', '00 00', '80 01 03'], seen: ['binary 010203'], options: max(3) },
  { name: 'A28: a limit of 0 takes empty messages', frames: ['81 00', '02 00', '80 00'], seen: ['text ""', 'binary'], options: max(0) },
  { name: 'A28: each message counts anew', frames: ['81 02 6162', '81 02 6364'], seen: ['text "ab"', 'text "cd"'], options: max(3) },
  {
    name: 'A28: §5.4 control frames do not count',
    frames: ['01 02 6162', '89 7d' + '00'.repeat(125), '80 01 63'],
    seen: [`ping ${'00'.repeat(125)}`, 'text "abc"'],
    options: max(3),
  },
  {
    name: 'SECURITY frames: A28: §7.4.1 declared length above the limit -> 1009, at the header',
    frames: ['82 06'],
    seen: tooBig,
    at: HEADER,
    options: max(5),
  },
  { name: 'A28: §7.4.1 16-bit length above the limit -> 1009', frames: ['81 7e 0401'], seen: tooBig, at: HEADER, options: max(1024) },
  ...['0000000000010000', '0000000100000000', '7fffffffffffffff'].map(length => ({
    name: `SECURITY frames: A28: §7.4.1 64-bit length ${length} -> 1009, at the header`,
    frames: [`82 7f ${length}`],
    seen: tooBig,
    at: HEADER,
    options: max(65_535),
  })),
  {
    name: 'SECURITY frames: A28: §7.4.1 fragments that together exceed the limit -> 1009, at the header of the one that does',
    frames: ['01 03 616263', '00 02 6465', '89 00', '80 01'],
    seen: ['ping', ...tooBig],
    at: HEADER,
    options: max(5),
  },
  { name: 'A28: §7.4.1 too big although the text is also wrong', frames: ['81 06 ff'], seen: tooBig, at: HEADER, options: max(5) },
]

const utf8: Row[] = [
  { name: '§8.1: all lengths of characters', frames: ['81 0a 61c3a9e282acf09f9880'], seen: ['text "aé€😀"'] },
  { name: '§5.6: a character over two fragments', frames: ['01 01 c3', '80 01 a9'], seen: ['text "é"'] },
  { name: '§5.6: a character over four fragments', frames: ['01 01 f0', '00 01 9f', '00 01 98', '80 01 80'], seen: ['text "😀"'] },
  { name: '§5.6: and with empty ones between', frames: ['01 02 61e2', '00 00', '00 02 82ac', '80 00'], seen: ['text "a€"'] },
  { name: '§8.1: ASCII, then other, then ASCII', frames: ['01 01 61', '00 02 c3a9', '80 01 62'], seen: ['text "aéb"'] },
  { name: '§8.1: noncharacters are characters', frames: ['81 03 efbfbf'], seen: ['text "\uFFFF"'] },
  ...(
    [
      ['a stray continuation byte', ['81 03 618061'], 4],
      ['an overlong form', ['81 03 c0af61'], 3],
      ['a surrogate', ['81 05 61eda08061'], 5],
      ['above U+10FFFF', ['81 04 f4908080'], 4],
      ['a 5-byte form', ['81 05 f888808080'], 3],
      ['an end inside a character', ['81 02 61c3'], 4],
      ['an end inside a character, over fragments', ['01 01 61', '00 01 e2', '80 01 82'], 3],
      ['an end inside a character, at an empty fragment', ['01 01 c3', '80 00'], 'header'],
      ['ASCII inside a character, over fragments', ['01 01 c3', '00 05 6161616161'], 3],
      ['a lead inside a character', ['81 03 e282e2'], 5],
      ['a bad first byte long before the end', [`81 7e 00ff ff ${'61'.repeat(254)}`], 5],
      ['a bad byte in the first fragment', ['01 03 61ff61'], 4],
      ['a bad byte in a later fragment', ['01 02 c3a9', '00 02 6161', '00 03 61f561'], 4],
      ['the first byte of a fragment that no continuation can mend', ['01 01 f4', '00 02 9080'], 3],
    ] as [string, string[], number | 'header'][]
  ).map(([name, frames, at]) => ({ name: `SECURITY frames: §8.1 ${name} -> 1007, at the first bad byte`, frames, seen: badUtf8, at })),
  {
    name: 'SECURITY frames: §8.1 -> 1007, what came before counts',
    frames: ['81 01 61', '01 01 62', '89 00', '80 01 ff'],
    seen: ['text "a"', 'ping', ...badUtf8],
    at: 3,
  },
]

const bytes = { text: 'bytes' } as const
const textAsBytes: Row[] = [
  { name: 'text is handed out as bytes', frames: ['81 03 61c3a9', '82 01 00'], seen: ['text bytes 61c3a9', 'binary 00'], options: bytes },
  { name: 'fragments', frames: ['01 02 61c3', '80 01 a9', '81 00'], seen: ['text bytes 61c3a9', 'text bytes'], options: bytes },
  { name: '§8.1: but must be UTF-8', frames: ['81 02 61ff'], seen: badUtf8, at: 4, options: bytes },
  { name: '§8.1: also at its end', frames: ['01 01 e2', '80 01 82'], seen: badUtf8, at: 3, options: bytes },
]

runTable('messages', messages, readMessages)
runTable('sequence', sequence, readMessages)
runTable('sizes', sizes, readMessages)
runTable('UTF-8', utf8, readMessages)
runTable('text: bytes', textAsBytes, readMessages)

describe('faults of the frame below', () => {
  it('§5.2: come through unchanged, after the messages before them', () => {
    const wire = hex('81 01 61 01 01 62 c1 00')
    expect(replaySplit(wire, readMessages)).toEqual(['text "a"', 'fail 1002 §5.2 WS_ERR_RESERVED_BITS'])
  })
})
