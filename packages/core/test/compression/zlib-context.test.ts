// A zlib state driven from outside: the same whether it is Node's insides or its public functions.
import { Buffer } from 'node:buffer'
import { createDeflateRaw, createInflateRaw, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { NativeContext, Z_SYNC_FLUSH, ZlibError, isDrivable } from '../../src/compression/zlib-context.js'
import { inflatePlainly } from '../support/inflate.js'
import { prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

const INFLATE = { windowBits: 15, level: undefined, memLevel: 8 }
const deflating = (): NativeContext => new NativeContext({ windowBits: 15, level: 1, memLevel: 8 }, createDeflateRaw({ level: 1 }))
const inflating = (): NativeContext => new NativeContext(INFLATE, createInflateRaw())

test('input is fed, output is pulled into any place, until it does not fill its room', () => {
  const context = deflating()
  const message = Buffer.from(prose(5_000))
  const framed = Buffer.concat([Buffer.from('before'), message, Buffer.from('after')])
  context.feed(framed, 6, 6 + message.length)
  const output = Buffer.alloc(110, '!')
  const pieces: Buffer[] = []
  for (let isFull = true; isFull; isFull = context.isOutputFull) pieces.push(Buffer.from(output.subarray(10, 10 + context.run(Z_SYNC_FLUSH, output, 10))))
  expect(pieces.slice(0, -1).map(({ length }) => length)).toEqual(pieces.slice(1).map(() => 100))
  expect(output.toString('latin1', 0, 10)).toBe('!!!!!!!!!!')
  expect(context.inputLeft).toBe(0)
  expect(inflatePlainly(Buffer.concat(pieces).subarray(0, -4)).output.equals(message)).toBe(true)
})

test('reset() forgets the history; without it the next message refers back', () => {
  const context = deflating()
  const output = Buffer.alloc(10_000)
  const run = (): number => { const message = Buffer.from(prose(500)); context.feed(message, 0, message.length); return context.run(Z_SYNC_FLUSH, output, 0) }
  const first = run()
  expect(run()).toBeLessThan(first / 4)
  context.reset()
  expect(run()).toBe(first)
})

test('behind the end of a deflate stream input is left over, and reset() does not lose it', () => {
  const context = inflating()
  const streams = Buffer.concat([deflateRawSync('one'), deflateRawSync('two')])
  context.feed(streams, 0, streams.length)
  const output = Buffer.alloc(100)
  expect(output.toString('latin1', 0, context.run(Z_SYNC_FLUSH, output, 0))).toBe('one')
  expect(context.inputLeft).toBe(deflateRawSync('two').length)
  context.reset()
  expect(output.toString('latin1', 0, context.run(Z_SYNC_FLUSH, output, 0))).toBe('two')
  expect(context.inputLeft).toBe(0)
})

test('broken data throws here, and nowhere else', async () => {
  const uncaught: unknown[] = []
  const onUncaught = (error: unknown): void => { uncaught.push(error) }
  process.on('uncaughtException', onUncaught)
  const context = inflating()
  context.feed(Buffer.of(0xff), 0, 1)
  expect(() => context.run(Z_SYNC_FLUSH, Buffer.alloc(10), 0)).toThrow(ZlibError)
  context.close()
  await turns(5)
  process.off('uncaughtException', onUncaught)
  expect(uncaught).toEqual([])
})

describe('isDrivable', () => {
  test('this Node\'s streams are', () => {
    expect([isDrivable(createDeflateRaw()), isDrivable(createInflateRaw())]).toEqual([true, true])
  })

  test.each<[string, (stream: Record<string, unknown>) => void]>([
    ['no handle', (stream) => { stream['_handle'] = undefined }], ['no writeSync', (stream) => { stream['_handle'] = { reset: () => {} } }],
    ['no reset', (stream) => { stream['_handle'] = { writeSync: () => {} } }], ['no state', (stream) => { stream['_writeState'] = undefined }],
    ['a state of another size', (stream) => { stream['_writeState'] = new Uint32Array(3) }], ['a state of another kind', (stream) => { stream['_writeState'] = [0, 0] }],
  ])('%s: they are not', (_what, spoil) => {
    const stream = createInflateRaw()
    spoil(stream as unknown as Record<string, unknown>)
    expect(isDrivable(stream)).toBe(false)
  })
})

test('ZlibError says whether it was too much, or broken', () => {
  expect([new ZlibError().isTooMuch, new ZlibError(true).isTooMuch]).toEqual([false, true])
  expect(new ZlibError(true).message).not.toBe(new ZlibError().message)
})
