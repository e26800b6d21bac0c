// What may be sent, and as which bytes (SECURITY: uninitialised memory).
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/protocol/errors.js'
import { type Payload, toBuffer, viewBytes } from '../../src/protocol/payload.js'
import { hex } from './support/wire.js'

const BYTES = hex('0001ff80 0a0b0c0d')
const room = new Uint8Array(BYTES).buffer

describe('payload', () => {
  it.each([
    ['Buffer', BYTES],
    ['Uint8Array', new Uint8Array(room)],
    ['Int8Array', new Int8Array(room)],
    ['Uint16Array', new Uint16Array(room)],
    ['Float64Array', new Float64Array(room)],
    ['BigInt64Array', new BigInt64Array(room)],
    ['DataView', new DataView(room)],
    ['ArrayBuffer', room],
  ])('%s: its bytes, without a copy', (_name, data) => {
    const bytes = viewBytes(data)
    expect(bytes).toEqual(BYTES)
    expect(bytes.buffer).toBe(data instanceof ArrayBuffer ? data : data.buffer)
  })

  it('SharedArrayBuffer: its bytes', () => {
    const shared = new SharedArrayBuffer(2)
    new Uint8Array(shared).set([1, 2])
    expect(viewBytes(shared)).toEqual(hex('0102'))
    expect(viewBytes(new Uint8Array(shared, 1))).toEqual(hex('02'))
  })

  it('a view of a part: that part only, lengths in bytes', () => {
    expect(viewBytes(new Uint16Array(room, 2, 2))).toEqual(hex('ff800a0b'))
    expect(viewBytes(new DataView(room, 7))).toEqual(hex('0d'))
    expect(viewBytes(BYTES.subarray(1, 3))).toEqual(hex('01ff'))
    expect(viewBytes(new ArrayBuffer(0))).toHaveLength(0)
  })

  it('a Buffer stays the same object', () => {
    expect(viewBytes(BYTES)).toBe(BYTES)
    expect(toBuffer(BYTES)).toBe(BYTES)
  })

  it.each([
    ['', ''],
    ['Hi', '4869'],
    ['é€😀', 'c3a9 e282ac f09f9880'],
    ['\uFEFFa', 'efbbbf 61'],
    ['a\uD800b', '61 efbfbd 62'],
    ['\0', '00'],
  ])('string %j in UTF-8', (text, bytes) => {
    expect(toBuffer(text)).toEqual(hex(bytes))
  })

  it.each([
    [5, 'a number'],
    [NaN, 'a number'],
    [true, 'a boolean'],
    [10n, 'a bigint'],
    [Symbol('s'), 'a symbol'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 2], 'an array (use JSON.stringify or Buffer.from)'],
    [{ length: 1000 }, 'an object (use JSON.stringify)'],
    [Object('boxed'), 'an object (use JSON.stringify)'],
    [() => 1, 'a function'],
    [{ type: 'Buffer', data: [1] }, 'an object (use JSON.stringify)'],
  ])('SECURITY frames: uninitialised memory: %o is a usage error', (data, name) => {
    expect(() => toBuffer(data as Payload)).toThrow(UsageError)
    expect(() => toBuffer(data as Payload)).toThrow(expect.objectContaining({ code: 'WS_ERR_PAYLOAD' }))
    expect(() => viewBytes(data as ArrayBuffer)).toThrow(`not ${name}`)
  })
})
