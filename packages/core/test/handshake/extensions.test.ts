import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { parseExtensions, serializeExtension, type Extension } from '../../src/handshake/extensions.js'
import { isToken } from '../../src/handshake/header-scanner.js'
import { HandshakeError } from '../../src/protocol/errors.js'
import { ADVERSARIAL, adversarialInput, countSteps } from './support/steps.js'
import { refusalOf, usageErrorOf } from './support/thrown.js'

/** Offers as plain arrays, for comparing. */
function read(value: string) {
  return parseExtensions(value).map(({ name, parameters, repeated }) => [name, [...parameters], repeated])
}

describe('parseExtensions', () => {
  it.each([
    ['deflate-stream', [['deflate-stream', [], false]]],
    ['foo, bar; baz=2', [['foo', [], false], ['bar', [['baz', '2']], false]]],
    ['mux; max-channels=4; flow-control, deflate-stream', [
      ['mux', [['max-channels', '4'], ['flow-control', true]], false],
      ['deflate-stream', [], false],
    ]],
    ['foo;bar', [['foo', [['bar', true]], false]]],
    ['foo\t;\tbar = 1 ', [['foo', [['bar', '1']], false]]],
    ['foo; bar="1"', [['foo', [['bar', '1']], false]]],
    ['foo; bar = "\\1\\0"', [['foo', [['bar', '10']], false]]],
    [',foo,,bar,', [['foo', [], false], ['bar', [], false]]],
    ['foo, foo', [['foo', [], false], ['foo', [], false]]],
    ['Foo; Bar', [['Foo', [['Bar', true]], false]]],
  ])('RFC 6455 §9.1: reads %s', (value, offers) => {
    expect(read(value)).toEqual(offers)
  })

  it('keeps visible that a parameter was repeated, and holds its first value', () => {
    expect(read('foo; a=1; b; a=2, bar; a')).toEqual([['foo', [['a', '1'], ['b', true]], true], ['bar', [['a', true]], false]])
  })

  it('SECURITY: names such as __proto__ and constructor are only names', () => {
    const value = '__proto__; constructor=1; __proto__; hasOwnProperty="toString", constructor'
    expect(read(value)).toEqual([
      ['__proto__', [['constructor', '1'], ['__proto__', true], ['hasOwnProperty', 'toString']], false],
      ['constructor', [], false],
    ])
    expect(Object.hasOwn(Object.prototype, '1')).toBe(false)
  })

  it.each([
    '', ' ', ',', ';', 'foo;', 'foo;;bar', 'foo;,bar', 'foo; bar=', 'foo; bar=;', 'foo; =1', 'foo; bar==1', 'foo bar', 'foo; bar baz',
    'foo=1',
    'foo; bar=1 2', '"foo"', 'foo; "bar"', 'foo; bar="', 'foo; bar="1', 'foo; bar="1\\"', 'foo; bar=""', 'foo; bar="1 2"', 'foo; bar="a,b"',
    'foo; bar="1"2', 'foo; bar="\\\\"', "foo; bar='a b'", 'foo; b[r', 'foo, bar]', 'foo\r\n', 'f\xf6\xf6', 'foo; bar=\x00',
  ])('RFC 6455 §9.1: malformed data fails the handshake with 400: %j', (value) => {
    const refusal = refusalOf(() => parseExtensions(value))
    expect(refusal).toMatchObject({ status: 400, code: 'WS_ERR_MALFORMED_HEADER' })
    expect(refusal.message).toMatch(/^Sec-WebSocket-Extensions: [a-z ]+ at character \d+$/)
  })

  it('throws nothing but HandshakeError, whatever it reads', () => {
    const soup = fc.string({ unit: fc.constantFrom('a', '1', ',', ';', '=', '"', '\\', ' ', '\t', '\0', '\xff') })
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), (text) => {
      try {
        for (const { name, parameters } of parseExtensions(text)) {
          for (const token of [name, ...parameters.keys(), ...parameters.values()]) expect(token === true || isToken(token)).toBe(true)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError)
      }
    }), { numRuns: 1_000 })
  })

  it.each(ADVERSARIAL)('SECURITY: 64 KiB of %s take a bounded number of steps for each character', (_name, unit) => {
    for (const prefix of ['', 'a;b="', 'a;b=']) {
      const steps = (size: number) => countSteps(() => parseExtensions(prefix + adversarialInput(unit, size)))
      expect(steps(65_536)).toBeLessThanOrEqual(12 * 65_536)
      expect(steps(65_536)).toBeLessThanOrEqual(2 * steps(32_768) + 64)
    }
  })
})

describe('serializeExtension', () => {
  it.each([
    ['foo', []],
    ['foo; bar', [['bar', true]]],
    ['permessage-deflate; server_no_context_takeover; client_max_window_bits=15', [
      ['server_no_context_takeover', true],
      ['client_max_window_bits', '15'],
    ]],
  ] as const)('writes %s', (text, parameters) => {
    const name = text.split(';')[0] ?? ''
    expect(serializeExtension({ name, parameters: new Map<string, string | true>(parameters) })).toBe(text)
  })

  it.each<Extension>([
    { name: '', parameters: new Map() },
    { name: 'a b', parameters: new Map() },
    { name: 'a\r\nSet-Cookie: x', parameters: new Map() },
    { name: 'a', parameters: new Map([['', true]]) },
    { name: 'a', parameters: new Map([['b', '']]) },
    { name: 'a', parameters: new Map([['b', 'c d']]) },
    { name: 'a', parameters: new Map([['b', 15 as never]]) },
  ])('SECURITY: refuses what is not a token: %j', (extension) => {
    expect(usageErrorOf(() => serializeExtension(extension)).code).toBe('WS_ERR_INVALID_EXTENSION')
  })

  it('is read back as it was', () => {
    const token = fc.oneof(fc.string({ minLength: 1 }).filter(isToken), fc.constantFrom('__proto__', 'constructor', 'permessage-deflate'))
    const parameters = fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const)))).map((entries) => new Map(entries))
    const extensions = fc.array(fc.record({ name: token, parameters }), { minLength: 1 })
    fc.assert(fc.property(extensions, (list) => {
      const offers = parseExtensions(list.map(serializeExtension).join(', '))
      expect(offers).toEqual(list.map((extension) => ({ ...extension, repeated: false })))
      expect(offers.map(({ parameters: kept }) => [...kept.keys()])).toEqual(list.map((extension) => [...extension.parameters.keys()]))
    }))
  })
})
