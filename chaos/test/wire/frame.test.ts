import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { BINARY, CLOSE, TEXT, closeFrame, frame, readFrames } from '../../src/wire/frame.js'
import { loopbackAddress, requestHead } from '../../src/wire/peer.js'

test('a masked frame as in RFC 6455 §5.7', () => {
  expect(frame(TEXT, 'Hello').toString('hex')).toBe('818537fa213d7f9f4d5158')
  expect(frame(TEXT, 'Hel', { fin: false }).subarray(0, 2).toString('hex')).toBe('0183')
  expect(frame(BINARY, '', { rsv1: true, declared: 65_536 }).toString('hex')).toBe('c2ff000000000001000037fa213d')
  expect(frame(BINARY, Buffer.alloc(256)).subarray(0, 4).toString('hex')).toBe('82fe0100')
  expect(closeFrame(1000).subarray(0, 2).toString('hex')).toBe('8882')
})

test('frames of a server, however they are cut', () => {
  const long = Buffer.alloc(70_000, 7)
  const wire = Buffer.concat([
    Buffer.from('8105', 'hex'), Buffer.from('Hello'), Buffer.from('827e0100', 'hex'), Buffer.alloc(256),
    Buffer.from('827f0000000000011170', 'hex'), long, Buffer.from('880203e8', 'hex'),
  ])
  for (const cut of [1, 3, 8, 100, 280, 60_000, wire.length - 1]) {
    const seen: [number, number][] = []
    const note = ({ opcode, payload }: { opcode: number; payload: Buffer }): void => { seen.push([opcode, payload.length]) }
    const rest = readFrames(wire.subarray(0, cut), note)
    expect(readFrames(Buffer.concat([rest, wire.subarray(cut)]), note)).toHaveLength(0)
    expect(seen).toEqual([[TEXT, 5], [BINARY, 256], [BINARY, 70_000], [CLOSE, 2]])
  }
})

test('a request, and where it comes from', () => {
  expect(requestHead({ path: '/?kind=x', headers: ['A: b'] })).toMatch(/^GET \/\?kind=x HTTP\/1\.1\r\nHost: localhost\r\n(.+\r\n)+A: b\r\n\r\n$/)
  expect([loopbackAddress(2, 0), loopbackAddress(2, 32), loopbackAddress(2, 32 * 250)]).toEqual(['127.2.0.1', '127.2.0.2', '127.2.1.1'])
})
