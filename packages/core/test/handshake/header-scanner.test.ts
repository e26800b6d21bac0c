import { describe, expect, it } from 'vitest'
import { HeaderScanner, isToken } from '../../src/handshake/header-scanner.js'
import { refusalOf } from './support/thrown.js'

describe('isToken', () => {
  it('RFC 9110 §5.6.2: holds for visible ASCII without separators, and for nothing else', () => {
    const separators = '"(),/:;<=>?@[\\]{}'
    for (let code = 0; code < 0x180; code++) {
      const character = String.fromCharCode(code)
      expect([code, isToken(character)]).toEqual([code, code > 0x20 && code < 0x7f && !separators.includes(character)])
    }
  })

  it('needs one character at least, all of them fit', () => {
    expect(isToken('')).toBe(false)
    expect(isToken('permessage-deflate')).toBe(true)
    expect(isToken('a b')).toBe(false)
    expect(isToken('a\r\n')).toBe(false)
  })
})

describe('HeaderScanner', () => {
  it('reads from left to right and skips whitespace', () => {
    const scanner = new HeaderScanner(' \tfoo ; bar', 'X-Test')
    expect(scanner.readToken()).toBe('foo')
    expect(scanner.isNext(';')).toBe(true)
    expect(scanner.accept(',')).toBe(false)
    expect(scanner.accept(';')).toBe(true)
    expect(scanner.requireToken()).toBe('bar')
    expect(scanner.isAtEnd()).toBe(true)
    expect(scanner.readToken()).toBe('')
  })

  it('reads up to a character, or to the end, whatever stands there', () => {
    const scanner = new HeaderScanner('a= [::1]:80 ;"x', 'X-Test')
    expect([scanner.readToken(), scanner.accept('=')]).toEqual(['a', true])
    expect([scanner.readUpTo(';'), scanner.accept(';'), scanner.readUpTo(';'), scanner.isAtEnd(), scanner.readUpTo(';')]).toEqual(['[::1]:80', true, '"x', true, ''])
  })

  it('skips to behind a character, or to the end', () => {
    const scanner = new HeaderScanner('a=1, b', 'X-Test')
    expect(scanner.skipPast(',')).toBe(true)
    expect(scanner.readToken()).toBe('b')
    expect(scanner.skipPast(',')).toBe(false)
    expect(scanner.isAtEnd()).toBe(true)
  })

  it.each([
    ['"abc"', 'abc'],
    ['""', ''],
    ['"a\\"b"', 'a"b'],
    ['"\\a\\\\"', 'a\\'],
    ['"a, b; c"', 'a, b; c'],
  ])('RFC 9110 §5.6.4: unescapes %s', (quoted, content) => {
    const scanner = new HeaderScanner(`${quoted};rest`, 'X-Test')
    scanner.accept('"')
    expect(scanner.readQuotedString()).toBe(content)
    expect(scanner.accept(';')).toBe(true)
  })

  it.each(['"', '"abc', '"abc\\"', '"abc\\'])('refuses the quoted string %s, which is not closed', (text) => {
    const scanner = new HeaderScanner(text, 'X-Test')
    scanner.accept('"')
    const refusal = refusalOf(() => scanner.readQuotedString())
    expect(refusal).toMatchObject({ status: 400, code: 'WS_ERR_MALFORMED_HEADER' })
  })

  it('names the field and the place, but repeats nothing of what the peer sent', () => {
    const scanner = new HeaderScanner('ok, \x1b[31mevil', 'X-Test')
    scanner.skipPast(',')
    expect(refusalOf(() => scanner.requireToken()).message).toBe('X-Test: a token is missing at character 4')
  })
})
