// A server's bytes as frames and messages, split anywhere.
import { CloseFrame, Frame, Opcode, pack } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { FrameReader } from '../../src/client/frame-reader.js'

function readerOf(): { reader: FrameReader; frames: Frame[]; messages: (string | Buffer)[] } {
  const [frames, messages] = [[] as Frame[], [] as (string | Buffer)[]]
  const reader = new FrameReader({ onFrame: (frame) => frames.push(frame), onMessage: (message) => messages.push(message) })
  return { reader, frames, messages }
}

const stream = Buffer.concat([
  pack('h\u00e9llo'),
  pack(new Frame({ opcode: Opcode.Binary, payload: Buffer.from([1, 2]), fin: false })),
  pack(new Frame({ opcode: Opcode.Ping, payload: 'p' })),
  pack(new Frame({ opcode: Opcode.Continuation, payload: Buffer.from([3]) })),
  pack(new Frame({ opcode: Opcode.Text })),
  pack(new CloseFrame(1001, 'bye')),
])

describe('FrameReader', () => {
  test.each(Array.from({ length: stream.length - 1 }, (_, i) => i + 1))('split at %i', (at) => {
    const { reader, frames, messages } = readerOf()
    reader.push(Buffer.from(stream.subarray(0, at)))
    reader.push(Buffer.from(stream.subarray(at)))
    expect(messages).toEqual(['h\u00e9llo', Buffer.from([1, 2, 3]), ''])
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 2, 9, 0, 1, 8])
    expect(frames.map(({ fin }) => fin)).toEqual([true, false, true, true, true, true])
    expect(frames.at(-1)).toMatchObject({ code: 1001, reason: 'bye' })
  })

  test('a Close frame without a body', () => {
    const { reader, frames } = readerOf()
    reader.push(pack(new CloseFrame(1005)))
    expect(frames[0]).toMatchObject({ code: 1005, reason: '' })
  })

  test('RFC 6455 §5.1: a masked frame of a server breaks the rules', () => {
    expect(() => readerOf().reader.push(pack('x', { mask: true }))).toThrow(expect.objectContaining({ section: '5.1' }))
  })
})
