// What a server must not send, and what it may.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { Agreement } from '../../src/wire/extensions.js'
import { BINARY, CONTINUATION, PING, RSV1, TEXT, fragments, frame } from '../../src/wire/frame.js'
import { FrameReader } from '../../src/wire/frame-reader.js'
import { deflateRight } from '../support/flawed-server.js'

function read(chunks: readonly Buffer[], agreement?: Agreement): string[] {
  const seen: string[] = []
  const reader = new FrameReader({ onSeen: (each) => seen.push(each) }, { from: 'server', agreement })
  for (const chunk of chunks) reader.push(chunk)
  return seen
}

describe('RFC 6455', () => {
  test.each([
    ['818537fa213d7f9f4d5158', '5.1', 'a masked frame'],
    ['c100', '5.2', 'a reserved bit'],
    ['8300', '5.2', 'a reserved opcode'],
    ['817e0001', '5.2', 'a length that could be shorter'],
    ['8000', '5.4', 'a continuation without a beginning'],
    ['01008100', '5.4', 'a new message within another one'],
    ['0900', '5.5', 'a control frame in fragments'],
    ['897e007e', '5.5', 'a control frame that is too long'],
    ['880103', '5.5.1', 'half a code'],
    ['880303e8ff', '5.5.1', 'a reason that is not UTF-8'],
    ['88008900', '5.5.1', 'a frame behind Close'],
    ['8101ff', '8.1', 'text that is not UTF-8'],
  ])('%s: §%s %s', (hex, section) => {
    expect(read([Buffer.from(hex, 'hex')]).at(-1)).toContain(`fault: RFC 6455 §${section}:`)
  })

  test('frames in chunks of every size', () => {
    const mask = undefined
    const bytes = Buffer.concat([
      frame(TEXT, 'a', { mask }),
      frame(BINARY, Buffer.alloc(200), { mask }),
      frame(PING, 'p', { mask }),
      frame(TEXT, 'b', { mask }),
    ])
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
      expect(read(chunks).map((each) => each.split(' ')[0])).toEqual(['text', 'binary', 'ping', 'text'])
    }
  })

  test('nothing after a fault', () => {
    expect(read([Buffer.from('c100', 'hex'), Buffer.from('8100', 'hex')])).toHaveLength(1)
  })
})

describe('RFC 7692', () => {
  const agreement: Agreement = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 8,
    clientMaxWindowBits: 15,
  }
  const mask = undefined
  const hello = Buffer.from('f248cdc9c90700', 'hex')
  const again = Buffer.from('f200110000', 'hex')

  test('compressed messages, whole and in fragments', () => {
    expect(read([frame(TEXT, hello, { mask, rsv: RSV1 })], agreement)).toEqual(['text "Hello"'])
    expect(read([Buffer.from('4103f248cd8004c9c90700', 'hex')], agreement)).toEqual(['text "Hello"'])
    expect(read([frame(TEXT, 'Hello', { mask })], agreement)).toEqual(['text "Hello"'])
  })

  test('context', () => {
    const both = [frame(TEXT, hello, { mask, rsv: RSV1 }), frame(TEXT, again, { mask, rsv: RSV1 })]
    expect(read(both, agreement)).toEqual(['text "Hello"', 'text "Hello"'])
    expect(read(both, { ...agreement, serverNoContextTakeover: true })[1]).toContain('RFC 7692 §7.1.1.1')
  })

  test('window', () => {
    const far = Buffer.concat([
      Buffer.from('a'.padEnd(10, 'xyz!')),
      Buffer.from(Array.from({ length: 400 }, (_, at) => (at * at * 31) & 0xff)),
      Buffer.from('a'.padEnd(10, 'xyz!')),
    ])
    expect(read(
      [frame(BINARY, deflateRight(far), { mask, rsv: RSV1 })],
      { ...agreement, serverMaxWindowBits: 9 },
    )[0]).toContain('binary of')
    expect(read(
      [frame(BINARY, deflateRight(far), { mask, rsv: RSV1 })],
      agreement,
    )[0]).toMatch(/RFC 7692 §7\.1\.2\.1: a match \d+ bytes back in a window of 256/)
  })

  test.each([
    ['RSV1 without an agreement', [frame(TEXT, hello, { mask, rsv: RSV1 })], undefined, 'a reserved bit'],
    [
      'RSV1 on a continuation',
      [frame(TEXT, 'a', { mask, fin: false }), frame(CONTINUATION, hello, { mask, rsv: RSV1 })],
      agreement,
      '§6.1',
    ],
    ['RSV1 on a Ping', [frame(PING, '', { mask, rsv: RSV1 })], agreement, '§6.1'],
    ['RSV2', [frame(TEXT, '', { mask, rsv: 2 })], agreement, 'a reserved bit'],
    ['the tail left on', [frame(TEXT, Buffer.concat([hello, Buffer.from('0000ffff', 'hex')]), { mask, rsv: RSV1 })], agreement, '§7.2.1'],
    ['no DEFLATE', [frame(TEXT, 'Hello', { mask, rsv: RSV1 })], agreement, '§7.2.1'],
    ['compressed text that is not UTF-8', [frame(TEXT, deflateRight(Buffer.from([0xff])), { mask, rsv: RSV1 })], agreement, '§8.1'],
  ])('%s', (_name, frames, agreed, fault) => {
    expect(read(frames, agreed).at(-1)).toContain(fault)
  })

  test('fragments() sets the reserved bits on the first frame only', () => {
    expect(fragments(TEXT, ['a', 'b', 'c'], RSV1).map((each) => each[0])).toEqual([0x41, 0x00, 0x80])
  })
})
