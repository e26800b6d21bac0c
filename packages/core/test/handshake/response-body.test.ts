import { describe, expect, it } from 'vitest'
import { encodeBody } from '../../src/handshake/response-body.js'
import { usageErrorOf } from './support/thrown.js'

describe('encodeBody', () => {
  it.each<[string, unknown, string, string | undefined]>([
    ['nothing', undefined, '', undefined],
    ['a string, as UTF-8', 'gr\u00fc\u00df', '6772c3bcc39f', 'text/plain; charset=utf-8'],
    ['an empty string', '', '', 'text/plain; charset=utf-8'],
    ['bytes', new Uint8Array([1, 2]), '0102', undefined],
    ['a part of a buffer', Buffer.from([1, 2, 3, 4]).subarray(1, 3), '0203', undefined],
    ['a view with wide elements', new Uint16Array([0x0201]), '0102', undefined],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, '0102', undefined],
    ['an object, as JSON', { a: 1 }, Buffer.from('{"a":1}').toString('hex'), 'application/json; charset=utf-8'],
    ['an array, as JSON', [], '5b5d', 'application/json; charset=utf-8'],
  ])('takes %s', (...[, body, hex, contentType]) => {
    const encoded = encodeBody(body as string)
    expect(encoded.bytes.toString('hex')).toBe(hex)
    expect(encoded.contentType).toBe(contentType)
  })

  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  it.each([
    [5], [true], [null], [Symbol('x')], [() => 1], [5n], [cyclic], [{ a: 5n }], [{ toJSON: () => undefined }],
  ])('refuses %s', (body) => {
    expect(usageErrorOf(() => encodeBody(body as never)).code).toBe('WS_ERR_INVALID_BODY')
  })
})
