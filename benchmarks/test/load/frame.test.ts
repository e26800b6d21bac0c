// Against core's own reading of frames, which knows nothing of how these are made.
import { inflateRawSync } from 'node:zlib'
import { unpack } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { frameOf } from '../../src/load/frame.js'
import { payloadOf } from '../../src/payload.js'

describe('frames', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('of %d bytes, masked or not, are read as they were meant', (size) => {
    const payload = payloadOf('binary', size)
    for (const isMasked of [false, true]) {
      const { frame } = unpack(frameOf({ opcode: 2, payload, isMasked }))!
      expect([frame.fin, frame.opcode, Buffer.from(frame.payload).equals(payload)]).toEqual([true, 2, true])
    }
  })

  test('leave the payload as it was', () => {
    const payload = Buffer.from('hello')
    frameOf({ opcode: 1, payload, isMasked: true })
    expect(payload.toString()).toBe('hello')
  })

  test('compressed ones carry RSV1 and no tail', () => {
    const payload = payloadOf('json', 1024)
    const frame = frameOf({ opcode: 1, payload, isDeflated: true })
    expect(frame[0]).toBe(0xc1)
    const compressed = frame.subarray(4)
    expect(inflateRawSync(Buffer.concat([compressed, Buffer.from([0, 0, 0xff, 0xff])]), { finishFlush: 2 }).equals(payload)).toBe(true)
  })
})
