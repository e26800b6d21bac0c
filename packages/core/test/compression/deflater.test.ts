// What the peer's window allows, what is not worth it, and what a kept context remembers.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SCRATCH_RESULT, SLICE_SIZE, isWorthwhile } from '../../src/compression/deflater.js'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { PeerInflater, deflated } from '../support/deflate-peer.js'
import { inflatePlainly } from '../support/inflate.js'
import { echoes, noise, prose } from '../support/samples.js'
import { deflate, deflaterFor } from './support/codec.js'

const BITS = [8, 9, 10, 11, 12, 13, 14, 15]

describe('RFC 7692 §7.1.2.1: no match reaches further back than 2 to the power of server_max_window_bits', () => {
  const inviting = (bits: number): Buffer[] => [
    ...[-4, -1, 0, 1, 4, 100].map((beyond) => echoes((1 << bits) + beyond, (3 << bits) + 500)), echoes(250, 2_000), echoes(262, 2_000), echoes(255, 2_000),
    Buffer.alloc(2_000, 'ab'), Buffer.from(prose(3 << bits)),
  ]

  test.each(BITS)('%i bits', (bits) => {
    let farthest = 0
    for (const level of [1, 6, 9]) for (const message of inviting(bits)) {
      const payload = deflate(deflaterFor({ windowBits: bits, level }), message)
      if (payload === undefined) continue
      const { output, maxDistance, isComplete } = inflatePlainly(payload)
      expect(output.equals(message) && isComplete).toBe(true)
      expect(maxDistance).toBeLessThanOrEqual(1 << bits)
      farthest = Math.max(farthest, maxDistance)
    }
    // It does use what it may, but for zlib's lookahead of 262; with 8 bits it is made with 9, and stays within 250.
    expect(farthest).toBeGreaterThan((bits === 8 ? 250 : (1 << bits) - 262) * 0.9)
  })

  test('8 bits, from one message to the next of a kept context, and in parts', () => {
    const deflater = deflaterFor({ windowBits: 8, keepsContext: true })
    const peer = new PeerInflater({ windowBits: 8, keepsContext: true })
    const block = noise(240)
    let [history, farthest] = [Buffer.alloc(0), 0]
    const check = (payload: Buffer, message: Buffer): void => {
      const plain = inflatePlainly(payload, history)
      expect(plain.output.equals(message)).toBe(true)
      expect(peer.inflate(payload).equals(message)).toBe(true)
      history = Buffer.concat([history, message])
      farthest = Math.max(farthest, plain.maxDistance)
    }
    for (let i = 0; i < 20; i++) {
      const message = Buffer.concat([block, Buffer.alloc(i)])
      expect(deflater.beginParts()).toBe(true)
      const parts = [message.subarray(0, 100), message.subarray(100)].map((part, j) => Buffer.from(deflater.deflatePart(part, { isLast: j === 1, flushes: j === 0 })))
      check(Buffer.concat(parts), message)
    }
    expect(farthest).toBeGreaterThan(230)
    expect(farthest).toBeLessThanOrEqual(256)
  })
})

describe('what does not shrink', () => {
  test('is not compressed, and an empty message never is', () => {
    for (const keepsContext of [false, true]) {
      const deflater = deflaterFor({ keepsContext })
      for (const message of [Buffer.alloc(0), Buffer.from('x'), noise(100), noise(8_192), noise(65_536), noise(65_537), noise(300_000)]) expect(deflate(deflater, message), String(message.length)).toBeUndefined()
    }
  })

  test('nor is what would only stay as large as it is', () => {
    const asLarge = Array.from({ length: 2_000 }, (_, i) => prose(2 + (i % 80), i)).filter((text) => deflated(text, 1).length === text.length)
    expect(asLarge.length).toBeGreaterThan(10)
    for (const text of asLarge) expect(deflate(deflaterFor(), text)).toBeUndefined()
  })

  test('its context forgets it, because the peer has not inflated it', () => {
    const deflater = deflaterFor({ keepsContext: true })
    const peer = new PeerInflater({ keepsContext: true })
    const secret = noise(20_000)
    for (const message of [prose(500), secret, `${prose(500)}${secret.subarray(0, 600).toString('latin1')}`, prose(500)]) {
      const payload = deflate(deflater, message)
      if (payload !== undefined) expect(peer.inflate(payload).equals(Buffer.from(message as Buffer))).toBe(true)
      else expect(message).toBe(secret)
    }
  })

  test('is found out on the first slice, and goes by an eighth', () => {
    expect(deflate(deflaterFor(), Buffer.concat([noise(SLICE_SIZE), Buffer.alloc(1_000_000)]))).toBeUndefined()
    const rest = Buffer.concat([Buffer.alloc(SLICE_SIZE), noise(SLICE_SIZE)])
    expect(deflate(deflaterFor(), rest)!.length).toBeLessThan(rest.length)
    const eighth = (SLICE_SIZE / 8) * 7
    expect([isWorthwhile([Buffer.alloc(eighth)]), isWorthwhile([Buffer.alloc(eighth), Buffer.alloc(1)])]).toEqual([true, false])
  })
})

describe('context takeover', () => {
  test('the second message refers to the first, unless history is to be forgotten', () => {
    const deflater = deflaterFor({ keepsContext: true })
    const message = prose(400)
    const sizes = [1, 2].map(() => deflate(deflater, message)!.length)
    expect(sizes[1]!).toBeLessThan(sizes[0]! / 4)
    deflater.forgetHistory()
    expect(deflate(deflater, message)!.length).toBe(sizes[0])
    expect(deflate(deflater, message)!.length).toBe(sizes[1])
    const other = deflaterFor()
    expect([1, 2].map(() => deflate(other, message)!.length)).toEqual([sizes[0], sizes[0]])
  })

  test('a message in parts that was abandoned is forgotten', () => {
    for (const keepsContext of [true, false]) {
      const pool = new ZlibPool()
      const deflater = deflaterFor({ pool, keepsContext })
      const peer = new PeerInflater({ keepsContext })
      expect(peer.inflate(deflate(deflater, prose(500))!).toString()).toBe(prose(500))
      expect(deflater.beginParts()).toBe(true)
      deflater.deflatePart(Buffer.from(prose(900, 9)), { isLast: false, flushes: true })
      deflater.abandonParts()
      expect(pool.heldBytes).toBe(0)
      expect(peer.inflate(deflate(deflater, prose(900, 9))!).toString()).toBe(prose(900, 9))
    }
  })
})

describe('its results', () => {
  test('up to 8 KiB may be scratch memory, larger ones are not', () => {
    const pool = new ZlibPool()
    const large = Buffer.concat([noise(SCRATCH_RESULT + 10), Buffer.alloc(5_000)])
    const payload = deflaterFor({ pool }).deflate(large)!
    expect(payload.length).toBeGreaterThan(SCRATCH_RESULT)
    pool.scratch.fill(0xee)
    expect(inflatePlainly(payload).output.equals(large)).toBe(true)
  })

  test('RFC 7692 §7.2.3.6: an end right after a flush, and a message of nothing in parts', () => {
    for (const keepsContext of [true, false]) {
      const [deflater, peer] = [deflaterFor({ keepsContext }), new PeerInflater({ keepsContext })]
      for (let i = 0; i < 3; i++) {
        deflater.beginParts()
        const first = Buffer.from(deflater.deflatePart(Buffer.from('Hello'), { isLast: false, flushes: true }))
        const last = deflater.deflatePart(Buffer.alloc(0), { isLast: true, flushes: true })
        expect(last).toEqual(Buffer.of(0))
        expect(peer.inflate(Buffer.concat([first, last])).toString()).toBe('Hello')
        deflater.beginParts()
        const parts = [false, true].map((isLast) => Buffer.from(deflater.deflatePart(Buffer.alloc(0), { isLast, flushes: true })))
        expect(peer.inflate(Buffer.concat(parts)).length).toBe(0)
      }
    }
  })

  test('without a flush the peer may wait; with one it has everything so far', () => {
    const deflater = deflaterFor()
    deflater.beginParts()
    expect(deflater.deflatePart(Buffer.from('Hello'), { isLast: false, flushes: false }).length).toBe(0)
    const flushed = Buffer.from(deflater.deflatePart(Buffer.from(', world'), { isLast: false, flushes: true }))
    expect(flushed.subarray(-4)).toEqual(Buffer.of(0, 0, 0xff, 0xff))
    expect(inflatePlainly(flushed.subarray(0, -4)).output.toString()).toBe('Hello, world')
  })
})

test('no room for a state that lasts: a message in parts cannot be compressed, a whole one can', () => {
  const pool = new ZlibPool({ budget: 1_000 })
  const deflater = deflaterFor({ pool })
  expect(deflater.beginParts()).toBe(false)
  expect(pool.heldBytes).toBe(0)
  expect(inflatePlainly(deflate(deflater, prose(500))!).output.toString()).toBe(prose(500))
})
