// The public functions alone. What they make of whole messages is in inflater.test.ts and round-trip.property.test.ts, which
// run with both kinds of pool.
import { Buffer } from 'node:buffer'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { OneShotDeflate, OneShotInflate, inflateStreams } from '../../src/compression/one-shot-context.js'
import { Z_FINISH, Z_NO_FLUSH, Z_SYNC_FLUSH, ZlibError } from '../../src/compression/zlib-context.js'
import { inflatePlainly } from '../support/inflate.js'
import { noise, prose } from '../support/samples.js'

const DEFLATE = { windowBits: 15, level: 1, memLevel: 8 }
const INFLATE = { windowBits: 15, level: undefined, memLevel: 8 }

test('what was fed before a flush is deflated with it, also when its memory has changed since', () => {
  const context = new OneShotDeflate(DEFLATE)
  const output = Buffer.alloc(1_000)
  const [first, second] = [Buffer.from('Hello, '), Buffer.from('world')]
  context.feed(first, 0, 7)
  expect([context.run(Z_NO_FLUSH, output, 0), context.isOutputFull]).toEqual([0, false])
  context.release()
  first.fill('x')
  context.feed(second, 0, 5)
  const size = context.run(Z_SYNC_FLUSH, output, 0)
  expect(inflatePlainly(output.subarray(0, size - 4)).output.toString()).toBe('Hello, world')
  expect(context.run(Z_NO_FLUSH, output, 0)).toBe(0)
})

test('reset() drops it', () => {
  const context = new OneShotDeflate(DEFLATE)
  const output = Buffer.alloc(1_000)
  context.feed(Buffer.from('secret'), 0, 6)
  context.reset()
  context.feed(Buffer.from('Hello'), 0, 5)
  expect(inflatePlainly(output.subarray(0, context.run(Z_SYNC_FLUSH, output, 0) - 4)).output.toString()).toBe('Hello')
})

test('a result that does not fit comes in pieces', () => {
  const context = new OneShotDeflate({ ...DEFLATE, level: 0 })
  const message = noise(250)
  context.feed(message, 0, 250)
  const output = Buffer.alloc(110)
  const pieces: Buffer[] = []
  for (let isFull = true; isFull; isFull = context.isOutputFull) pieces.push(Buffer.from(output.subarray(10, 10 + context.run(Z_SYNC_FLUSH, output, 10))))
  expect(pieces.map(({ length }) => length)).toEqual([100, 100, 60])
  expect(inflatePlainly(Buffer.concat(pieces).subarray(0, -4)).output.equals(message)).toBe(true)
})

test('inflating waits for the end of the message', () => {
  const context = new OneShotInflate(INFLATE)
  context.maxOutput = 1_000
  const payload = deflateRawSync(prose(300))
  const output = Buffer.alloc(1_000)
  context.feed(payload, 0, 50)
  expect([context.run(Z_SYNC_FLUSH, output, 0), context.isOutputFull, context.inputLeft]).toEqual([0, false, 0])
  context.feed(payload, 50, payload.length)
  expect(context.run(Z_SYNC_FLUSH, output, 0)).toBe(0)
  context.feed(Buffer.of(0xff, 0xff), 0, 2)
  expect(output.toString('latin1', 0, context.run(Z_FINISH, output, 0))).toBe(prose(300))
  expect(context.inputLeft).toBe(2)
})

test('streams one after the other count together', () => {
  const streams = Buffer.concat([deflateRawSync(Buffer.alloc(600)), deflateRawSync(Buffer.alloc(400))])
  expect(inflateStreams(streams, { tailSize: 0, maxOutput: 1_000 })).toMatchObject({ output: Buffer.alloc(1_000), inputLeft: 0 })
  expect(() => inflateStreams(streams, { tailSize: 0, maxOutput: 999 })).toThrow(expect.objectContaining({ isTooMuch: true }))
  expect(() => inflateStreams(streams.subarray(0, -1), { tailSize: 0, maxOutput: 1_000 })).toThrow(ZlibError)
  expect(() => inflateStreams(Buffer.of(0xff), { tailSize: 0, maxOutput: 1_000 })).toThrow(expect.objectContaining({ isTooMuch: false }))
})
