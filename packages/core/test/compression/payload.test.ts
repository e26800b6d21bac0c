// deflatePayload() and inflatePayload(), for who packs frames by hand.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { deflatePayload, inflatePayload } from '../../src/compression/payload.js'
import { deflated } from '../support/deflate-peer.js'
import { inflatePlainly } from '../support/inflate.js'
import { noise, prose } from '../support/samples.js'
import { hex } from './support/codec.js'

test('there and back, and through an independent reader', () => {
  for (const message of ['', 'ä', prose(1_000), noise(1_000), Buffer.alloc(70_000), new Uint8Array([1, 2, 3])]) {
    const bytes = Buffer.from(message as Buffer)
    const payload = deflatePayload(message)
    expect(inflatePayload(payload).equals(bytes)).toBe(true)
    expect(inflatePlainly(payload)).toMatchObject({ isComplete: true, finalBlocks: 0 })
    expect(inflatePlainly(payload).output.equals(bytes)).toBe(true)
  }
})

test('the level is zlib\'s', () => {
  const text = prose(5_000)
  expect(deflatePayload(text, { level: 0 }).length).toBeGreaterThan(5_000)
  expect(deflatePayload(text, { level: 9 }).length).toBeLessThan(deflatePayload(text, { level: 1 }).length)
})

test('blocks with BFINAL are part of the message (RFC 7692 §7.2.3.4)', () => {
  for (const payload of ['f3 48 cd c9 c9 07 00 00', 'f3 48 cd c9 c9 07 00']) expect(inflatePayload(hex(payload)).toString()).toBe('Hello')
  expect(inflatePayload(hex('f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00')).toString()).toBe('HelloHello')
})

describe('what is refused', () => {
  test.each(['ff', '07 00', '', 'f2 48 cd c9', '00 05 00 fa ff 48 65', 'f2 00 11 00 00', 'f2 48 cd c9 c9 07 00 ff'])('%s: 1007', (payload) => {
    expect(() => inflatePayload(hex(payload))).toThrow(expect.objectContaining({ name: 'ProtocolError', closeCode: 1007 }))
  })

  test('more than maxSize, by default 1 MiB: 1009, and no more than that is made', () => {
    for (const maxSize of [0, 1, 100, 65_536]) {
      expect(inflatePayload(deflated(Buffer.alloc(maxSize)), { maxSize }).length).toBe(maxSize)
      expect(() => inflatePayload(deflated(Buffer.alloc(maxSize + 1)), { maxSize })).toThrow(expect.objectContaining({ closeCode: 1009 }))
    }
    expect(inflatePayload(deflated(Buffer.alloc(1 << 20))).length).toBe(1 << 20)
    expect(() => inflatePayload(deflated(Buffer.alloc((1 << 20) + 1)))).toThrow(expect.objectContaining({ closeCode: 1009 }))
    expect(() => inflatePayload(Buffer.concat([hex('f3 48 cd c9 c9 07 00'), deflated(Buffer.alloc(20))]), { maxSize: 24 })).toThrow(expect.objectContaining({ closeCode: 1009 }))
  })
})
