// The assembler's side of compressed messages: RSV1, the limit on both forms, and bytes that somebody else has inflated.
import { describe, expect, it } from 'vitest'
import { FrameParser, ParserEvent } from '../../src/protocol/frame-parser.js'
import { MessageAssembler, type MessageAssemblerOptions } from '../../src/protocol/message-assembler.js'
import { encode, hex } from './support/wire.js'

function assembling(options: Partial<MessageAssemblerOptions> = {}) {
  const assembler = new MessageAssembler({ maxMessageSize: 1_000, text: 'string', ...options })
  const begin = (frame: Buffer): void => {
    const parser = new FrameParser({ masked: undefined, allowRsv1: true })
    parser.feed(frame)
    if (parser.next() !== ParserEvent.Header) throw new Error('no header')
    assembler.beginFrame(parser)
  }
  return { assembler, begin }
}

/** Text of these pieces, each as it was inflated; the last ends the message. */
function take({ assembler, begin }: ReturnType<typeof assembling>, pieces: readonly Buffer[], first = 0xc1): string | Buffer {
  begin(encode(first, ''))
  for (const [i, piece] of pieces.entries()) assembler.takeInflated(Buffer.concat([piece, hex('ffff')]), piece.length, i === pieces.length - 1)
  return assembler.message
}

const TEXT = Buffer.from('Grüße, 中文, 👍🏽')

describe('a message', () => {
  it('in one piece or in any two, as a string, as bytes, as binary', () => {
    for (let at = 0; at <= TEXT.length; at++) {
      const pieces = [TEXT.subarray(0, at), TEXT.subarray(at)]
      expect(take(assembling(), pieces)).toBe(TEXT.toString())
      expect(take(assembling({ text: 'bytes' }), pieces)).toEqual(TEXT)
      expect(take(assembling(), pieces, 0xc2)).toEqual(TEXT)
    }
    expect(take(assembling(), [TEXT])).toBe(TEXT.toString())
    expect(take(assembling(), [TEXT], 0xc2)).toEqual(TEXT)
    expect([take(assembling(), [Buffer.alloc(0)]), take(assembling(), [Buffer.alloc(0)], 0xc2)]).toEqual(['', Buffer.alloc(0)])
  })

  it('does not change with the memory it was inflated to', () => {
    for (const split of [[0, 9], [0, 4, 9]]) {
      const { assembler, begin } = assembling()
      const scratch = Buffer.alloc(10)
      begin(encode(0xc2, ''))
      for (let i = 1; i < split.length; i++) {
        const size = split[i]! - split[i - 1]!
        scratch.fill('x', 0, size)
        assembler.takeInflated(scratch, size, i === split.length - 1)
        scratch.fill('!')
      }
      expect(assembler.message.toString()).toBe('xxxxxxxxx')
    }
  })

  it('leaves nothing behind for the next one', () => {
    const one = assembling()
    expect(take(one, [Buffer.from('€').subarray(0, 2), Buffer.from('€').subarray(2)])).toBe('€')
    expect(take(one, [Buffer.from('a'), Buffer.from('b')])).toBe('ab')
    expect(one.assembler.isInMessage).toBe(false)
    take(one, [Buffer.alloc(500), Buffer.alloc(500)])
    expect(take(one, [Buffer.alloc(500), Buffer.alloc(500)], 0xc2).length).toBe(1_000)
    one.begin(encode(0xc1, ''))
    one.assembler.takeInflated(Buffer.alloc(600), 600, false)
    one.assembler.discard()
    expect(take(one, [Buffer.alloc(600), Buffer.from('b')], 0xc2).length).toBe(601)
  })

  it('says whether it is compressed, of the one that began last', () => {
    const { assembler, begin } = assembling()
    begin(encode(0x41, ''))
    expect(assembler.isCompressed).toBe(true)
    begin(encode(0x80, ''))
    expect(assembler.isCompressed).toBe(true)
    assembler.takeInflated(Buffer.alloc(0), 0, true)
    begin(encode(0x81, ''))
    expect(assembler.isCompressed).toBe(false)
  })
})

describe('RFC 6455 §8.1: invalid UTF-8', () => {
  it.each(['ff', 'c0af', 'eda080', 'f4908080', '61e228'])('%s: 1007 with the piece that holds it, although the message goes on', (bad) => {
    const one = assembling()
    one.begin(encode(0x41, ''))
    one.assembler.takeInflated(Buffer.from('fine'), 4, false)
    expect(() => { one.assembler.takeInflated(hex(bad), hex(bad).length, false) }).toThrow(expect.objectContaining({ closeCode: 1007, code: 'WS_ERR_INVALID_UTF8' }))
    expect(() => take(assembling(), [hex(bad)])).toThrow(expect.objectContaining({ closeCode: 1007 }))
    expect(take(assembling(), [hex(bad)], 0xc2)).toEqual(hex(bad))
  })

  it('half a character is none at the end, and fine before it', () => {
    expect(() => take(assembling(), [hex('e282')])).toThrow(expect.objectContaining({ closeCode: 1007 }))
    expect(() => take(assembling(), [hex('e2'), hex('82')])).toThrow(expect.objectContaining({ closeCode: 1007 }))
    expect(take(assembling(), [hex('e2'), hex(''), hex('82'), hex('ac'), hex('')])).toBe('€')
  })
})

describe('the limit', () => {
  it('counts what was inflated, in one piece or in several', () => {
    const tooBig = expect.objectContaining({ closeCode: 1009, code: 'WS_ERR_MESSAGE_TOO_BIG' }) as Error
    for (const pieces of [[1_000], [999, 1], [1, 0, 999], [1_000, 0]]) expect(take(assembling(), pieces.map((size) => Buffer.alloc(size)), 0xc2).length).toBe(1_000)
    for (const pieces of [[1_001], [1_000, 1], [999, 2], [1_000, 0, 1]]) expect(() => take(assembling(), pieces.map((size) => Buffer.alloc(size)), 0xc2)).toThrow(tooBig)
    const open = assembling()
    open.begin(encode(0x42, ''))
    open.assembler.takeInflated(Buffer.alloc(1_000), 1_000, false)
    expect(() => { open.assembler.takeInflated(Buffer.alloc(1), 1, false) }).toThrow(tooBig)
  })

  it('what is compressed may be a little longer than the message, as deflate makes it; much longer it may not', () => {
    const { begin } = assembling()
    begin(encode(0xc2, Buffer.alloc(1_000 + 125 + 16 + 64)))
    expect(() => { assembling().begin(encode(0xc2, Buffer.alloc(1_000 + 125 + 16 + 65))) }).toThrow(expect.objectContaining({ closeCode: 1009 }))
    expect(() => { assembling().begin(encode(0x82, Buffer.alloc(1_001))) }).toThrow(expect.objectContaining({ closeCode: 1009 }))
    const fragments = assembling()
    fragments.begin(encode(0x42, Buffer.alloc(1_000)))
    expect(() => { fragments.begin(encode(0x00, Buffer.alloc(206))) }).toThrow(expect.objectContaining({ closeCode: 1009 }))
  })
})
