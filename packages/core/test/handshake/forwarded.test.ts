// Forwarded (RFC 7239): the examples of the RFC, quoting, and input that means harm.
import { describe, expect, test } from 'vitest'
import { type ForwardedElement, isObfuscated, nodeName, parseForwarded } from '../../src/handshake/forwarded.js'
import fc from '../support/fast-check.js'

/** In the order in which they stand there. */
const elementsOf = (value: string): (ForwardedElement | undefined)[] => [...parseForwarded(value)].reverse()
const fors = (value: string): (string | undefined)[] => elementsOf(value).map((element) => element?.for)

describe('the examples of RFC 7239 §4', () => {
  test.each<[string, ForwardedElement[]]>([
    ['for="_gazonk"', [{ for: '_gazonk' }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http' }]],
    ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
    ['for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown', [{ for: '192.0.2.43' }, { for: '[2001:db8:cafe::17]' }, { for: 'unknown' }]],
  ])('%s', (value, elements) => {
    expect(elementsOf(value)).toEqual(elements)
  })
})

test('quoted strings: commas, semicolons and escaped quotes belong to them', () => {
  expect(elementsOf('host="a,b;c\\"d\\\\";for=1.2.3.4, for=5.6.7.8')).toEqual([{ host: 'a,b;c"d\\', for: '1.2.3.4' }, { for: '5.6.7.8' }])
  expect(fors('for="x\\\\", for=2')).toEqual(['x\\', '2'])
})

test('empty elements are skipped; empty pairs, and ports without quotes, are let pass', () => {
  expect(fors(' , for=1.2.3.4 ,,for=5.6.7.8:80;, ')).toEqual(['1.2.3.4', '5.6.7.8:80'])
  expect(elementsOf('')).toEqual([])
})

test.each(['for', 'for;', 'for="a', 'for="a"b', '=a', 'for=a;for=b', 'f or=a', 'for:a', '"for"=a', 'for="a" proto=http'])('%s breaks the grammar', (value) => {
  expect(elementsOf(value)).toEqual([undefined])
})

test('names of objects are only names', () => {
  expect(elementsOf('__proto__=x;constructor=y;for=1.2.3.4')).toEqual([{ for: '1.2.3.4' }])
})

test('whatever a client wrote in front, the last element is read as the proxy wrote it', () => {
  const hostile = fc.string({ unit: fc.constantFrom('"', '\\', ',', ';', '=', ' ', 'f', 'for', '_'), maxLength: 60 })
  fc.assert(fc.property(hostile, (front) => {
    expect(elementsOf(`${front}, for="[2001:db8::1]:4711";proto=https`).at(-1)).toEqual({ for: '[2001:db8::1]:4711', proto: 'https' })
  }))
})

test('what was written is read again', () => {
  const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 20 })
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  fc.assert(fc.property(fc.array(fc.record({ for: value, host: value }), { minLength: 1, maxLength: 5 }), (elements) => {
    expect(elementsOf(elements.map((element) => `for=${quoted(element.for)};host=${quoted(element.host)}`).join(', '))).toEqual(elements)
  }))
})

test.each(['"', '\\"', '"\\', '\\', ',', 'for=,', 'for="', ';', 'a', '"\\\\'])('1 MiB of %s takes no more than linear time', (piece) => {
  const startedAt = performance.now()
  elementsOf(piece.repeat(2 ** 20 / piece.length))
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('what nobody asks for is not read', () => {
  const [nearest] = parseForwarded(`${'for="'.repeat(100_000)}, for=1.2.3.4`)
  expect(nearest).toEqual({ for: '1.2.3.4' })
})

test('names of nodes', () => {
  const names = ['192.0.2.1:47011', '192.0.2.1', '[2001:db8::1]:4711', '[2001:db8::1]', '2001:db8::1', 'unknown', '_hidden:_port', '[', ']', ''].map(nodeName)
  expect(names).toEqual(['192.0.2.1', '192.0.2.1', '2001:db8::1', '2001:db8::1', '2001:db8::1', 'unknown', '_hidden', '', ']', ''])
  expect(['_hidden', '_a.B-1', '_', 'unknown', '_a b', 'x_'].map(isObfuscated)).toEqual([true, true, false, false, false, false])
})
