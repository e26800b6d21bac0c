// The inflating oracle, against what the RFCs say in so many words, and against zlib.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadDeflate, inflateMessage } from '../src/stream/inflate.js'
import { InflatingContext } from '../src/stream/inflating-context.js'
import { mutate, mutations } from '../src/stream/wire.js'

function read(hex: string, history?: string): string {
  const options = history === undefined ? {} : { history: Buffer.from(history) }
  const { bytes, end } = inflateMessage(Buffer.from(hex, 'hex'), options)
  return `${bytes.toString()} ${end}`
}

describe('DEFLATE by the book', () => {
  test.each([
    ['f248cdc9c90700', 'Hello right', 'RFC 7692 §7.2.3.1: one block'],
    ['f24805000000ffffcac9c90700', 'Hello right', '§7.2.3.5: two blocks'],
    ['000500faff48656c6c6f00', 'Hello right', '§7.2.3.3: not compressed'],
    ['f348cdc9c9070000', 'Hello right', '§7.2.3.4: BFINAL, and the empty block that makes room for the tail'],
    ['f348cdc9c90700', 'Hello right', '§7.2.3.4: BFINAL, and nothing behind it'],
    ['00', ' right', '§7.2.3.6: an empty message'],
    ['f248cdc9', 'Helh inside', 'cut: what the tail makes of it is not the sender\'s'],
    ['', ' inside', 'the tail alone is no block'],
    ['01', ' odd', 'the tail makes an empty last block'],
  ])('%s: %s (%s)', (hex, expected) => {
    expect(read(hex)).toBe(expected)
  })

  test('the second message of §7.2.3.2 refers to the first', () => {
    expect(read('f200110000', 'Hello')).toBe('Hello right')
    expect(() => read('f200110000')).toThrow(BadDeflate)
    expect(inflateMessage(Buffer.from('f200110000', 'hex'), { history: Buffer.from('Hello') }).farthest).toBe(5)
  })

  test.each([
    ['06', '§3.2.3: a reserved kind of block'],
    ['000500faee48656c6c6f00', '§3.2.4'],
  ])('%s: %s', (hex, rule) => {
    expect(() => read(hex)).toThrow(rule)
  })

  test('agrees with zlib about anything that deflating makes, and about what is near it', () => {
    const payload = fc.tuple(fc.array(fc.string({ unit: 'binary', maxLength: 20 })), fc.nat(9), fc.nat(4), mutations)
      .map(([parts, level, strategy, bends]) => {
        const text = [...parts, ...parts].join('')
        const deflated = deflateRawSync(text, { level, strategy, finishFlush: constants.Z_SYNC_FLUSH })
        return bends.reduce(mutate, deflated.subarray(0, -4))
      })
    fc.assert(fc.property(payload, (bytes) => {
      expect(byTheBook(bytes)).toBe(byZlib(bytes))
    }), { seed: 1951, numRuns: 3_000 })
  })
})

/** As zlib, which is satisfied with one stream, and with one that ends anywhere. */
function byTheBook(payload: Buffer): string {
  try {
    return withoutLastBlock(payload) ?? inflateMessage(payload).bytes.toString('hex')
  } catch (error) {
    if (error instanceof BadDeflate) return 'bad'
    throw error
  }
}

function byZlib(payload: Buffer): string {
  const whole = Buffer.concat([payload, Buffer.from('0000ffff', 'hex')])
  try {
    return withoutLastBlock(payload) ?? inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).toString('hex')
  } catch {
    return 'bad'
  }
}

/** What two streams in one are is not for zlib's one-shot function to say. */
function withoutLastBlock(payload: Buffer): string | undefined {
  const whole = Buffer.concat([payload, Buffer.from('0000ffff', 'hex')])
  try {
    const result = inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH, info: true })
    const { engine } = result as unknown as { engine: { bytesWritten: number } }
    return engine.bytesWritten < whole.length ? 'ended' : undefined
  } catch {
    return undefined
  }
}

describe('a context', () => {
  const options = { isText: false, isWhole: true, limit: 100, declared: 10 }
  const hello = Buffer.from('f248cdc9c90700', 'hex')
  const again = Buffer.from('f200110000', 'hex')

  test('is kept, or not', () => {
    const [kept, lost] = [true, false].map((keepsContext) => new InflatingContext({ keepsContext, windowBits: 15 }))
    for (const context of [kept!, lost!]) context.read(hello, options)
    expect(kept!.read(again, options)).toMatchObject({ bytes: Buffer.from('Hello'), codes: [] })
    expect(lost!.read(again, options).codes).toEqual([1007])
  })

  test('a limit, a text and a broken stream can fail at once', () => {
    const context = new InflatingContext({ keepsContext: false, windowBits: 15 })
    expect(context.read(hello, { ...options, limit: 4 }).codes).toEqual([1009])
    expect(context.read(hello.subarray(0, 5), { ...options, limit: 4 }).codes).toEqual([1007, 1009])
    const bad = deflateRawSync(Buffer.from([0xff]), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    expect(context.read(bad, { ...options, isText: true }).codes).toEqual([1007])
  })

  test('a window that is too large is left open', () => {
    const far = deflateRawSync(`Hello${'x'.repeat(300).replaceAll('xxx', 'abc')}Hello`, { finishFlush: constants.Z_SYNC_FLUSH })
    const context = new InflatingContext({ keepsContext: false, windowBits: 8 })
    expect(() => context.read(far.subarray(0, -4), { ...options, limit: 1_000 })).toThrow('anything')
  })
})
