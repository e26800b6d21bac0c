import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { fieldLines, hasField, isFieldText, serializeHead, type ResponseHeaders } from '../../src/handshake/response-fields.js'
import { isToken } from '../../src/handshake/header-scanner.js'
import { usageErrorOf } from './support/thrown.js'

const nothing = () => false

describe('fieldLines', () => {
  it('makes one line for each value, in order', () => {
    const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'Retry-After': 5, 'X-Empty': '', 'X-None': [], constructor: 'x' }
    expect(fieldLines(headers, nothing)).toEqual([
      ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Retry-After', '5'], ['X-Empty', ''], ['constructor', 'x'],
    ])
  })

  it.each<[string, ResponseHeaders]>([
    ['pairs', [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]],
    ['a Map', new Map([['Set-Cookie', ['a=1', 'b=2']]])],
    ['pairs of lists', [['Set-Cookie', ['a=1', 'b=2']]]],
  ])('takes %s as well', (_name, headers) => {
    expect(fieldLines(headers, nothing)).toEqual([['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']])
  })

  it.each(['', ' ', 'a b', 'a:', 'a\r\nb', 'a\n', 'a\0', '\u00e4', 'a,b', '"a"'])('SECURITY: refuses the name %j', (name) => {
    expect(usageErrorOf(() => fieldLines({ [name]: 'x' }, nothing)).code).toBe('WS_ERR_INVALID_HEADER')
  })

  it.each<[unknown]>([
    ['a\r\nSet-Cookie: evil=1'], ['a\rb'], ['a\nb'], ['a\0b'], ['\r'], ['\n'], ['a\x1b[0m'], ['\x7f'], ['\u0100'], ['\u560a'],
    ['\u{1f514}'], [['ok', 'a\nb']],
    [undefined], [null], [true], [{}], [NaN], [Infinity], [[{}]], [[['a']]],
  ])('SECURITY: refuses the value %j and does not repeat it', (value) => {
    const error = usageErrorOf(() => fieldLines({ 'X-Test': value as string }, nothing))
    expect(error.code).toBe('WS_ERR_INVALID_HEADER')
    expect(error.message).toMatch(/^the X-Test header must be a string/)
  })

  it('refuses reserved names in any case', () => {
    for (const name of ['upgrade', 'Upgrade', 'UPGRADE']) {
      expect(usageErrorOf(() => fieldLines([[name, 'x']], (lower) => lower === 'upgrade')).code).toBe('WS_ERR_RESERVED_HEADER')
    }
  })

  it('SECURITY: whatever the app supplies, a head has one line for each value', () => {
    const entries = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })))
    const fit = fc.array(fc.tuple(fc.string({ minLength: 1 }).filter(isToken), fc.string()))
    fc.assert(fc.property(fc.oneof(entries, fit), (headers) => {
      if (!headers.every(([name, value]) => isToken(name) && isFieldText(value))) {
        usageErrorOf(() => fieldLines(headers, nothing))
        return
      }
      const head = serializeHead('HTTP/1.1 200 OK', fieldLines(headers, nothing))
      expect(head.split(/[\r\n]+/)).toHaveLength(headers.length + 2)
      expect(Buffer.from(head, 'latin1').toString('latin1')).toBe(head)
    }))
  })
})

describe('hasField', () => {
  it('compares names in any case', () => {
    expect(hasField([['Date', 'x']], 'date')).toBe(true)
    expect(hasField([['Dates', 'date']], 'date')).toBe(false)
  })
})
