import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { parseAuthority } from '../../src/handshake/authority.js'

describe('parseAuthority', () => {
  it.each([
    ['example.com', 'example.com', undefined],
    ['EXAMPLE.com:8080', 'example.com', 8080],
    ['example.com:', 'example.com', undefined],
    ['example.com.', 'example.com.', undefined],
    ['my_service:3000', 'my_service', 3000],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', undefined],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['a:65535', 'a', 65_535],
    ['a:00080', 'a', 80],
    ['[::1]', '[::1]', undefined],
    ['[::1]:3000', '[::1]', 3000],
    ['[2001:DB8::A]:443', '[2001:db8::a]', 443],
    ['[::ffff:127.0.0.1]', '[::ffff:127.0.0.1]', undefined],
    ['[fe80::1%25eth0]:80', '[fe80::1%25eth0]', 80],
  ])('reads %s', (text, host, port) => {
    expect(parseAuthority(text)).toEqual({ host, port })
  })

  it.each([
    '', ' ', ':', ':80', 'a:b', 'a:-1', 'a:+1', 'a:1e3', 'a: 80', 'a:65536', 'a:123456', 'a:80:80', 'a b', ' a', 'a ', 'a, b', 'a,b',
    'a/', 'a/b', 'a?b',
    'a#b', 'user@a', 'user:1@a', '*.a', '*', 'http://a', '::1', '[]', '[::1', '::1]', '[::1]x', '[::1]80', '[g::1]', '[::1]]', '[[::1]',
    '[::1 ]', 'a\\b',
    'a\r\n', 'a\0', 'b\u00fccher.example', '\u212aelvin', 'a%2e',
  ])('refuses %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseAuthority(text)
      parseAuthority(`[${text}]:${text}`)
    }))
  })

  it.each(['a', ':', '.', '[:', ']', '1:', '%', 'a.'])('SECURITY: reads 64 KiB of %s in linear time', (unit) => {
    for (const text of [unit.repeat(65_536), `[${unit.repeat(65_536)} ]`]) parseAuthority(text)
  })
})
