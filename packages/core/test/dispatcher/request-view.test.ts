// How a request looks from outside (FEATURES A30): a proxy's word counts only where the proxy is trusted.
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { requestViewOf } from '../../src/dispatcher/request-view.js'
import { compileTrustedProxies } from '../../src/dispatcher/trusted-proxies.js'

interface Facts {
  readonly peer?: string | undefined
  readonly secure?: boolean
  readonly headers?: Record<string, string>
}

const request = ({ peer, secure, headers = {} }: Facts): IncomingMessage =>
  ({ socket: { remoteAddress: peer, ...(secure === undefined ? {} : { encrypted: secure }) }, headers: { host: 'inner:3000', ...headers } }) as unknown as IncomingMessage

const view = (facts: Facts, ...trusted: string[]) => requestViewOf(request(facts), compileTrustedProxies(trusted))

const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example' }

describe('without a trusted proxy', () => {
  test('the socket\'s own facts count; the scheme of a plain socket is not known', () => {
    expect(view({ peer: '198.51.100.1' })).toEqual({ remoteAddress: '198.51.100.1', host: 'inner:3000' })
    expect(view({ peer: '198.51.100.1', secure: true })).toEqual({ remoteAddress: '198.51.100.1', host: 'inner:3000', protocol: 'https' })
  })

  test('forwarded headers are only words', () => {
    expect(view({ peer: '198.51.100.1', headers: forwarded })).toEqual({ remoteAddress: '198.51.100.1', host: 'inner:3000' })
    expect(view({ peer: '198.51.100.1', headers: forwarded }, '10.0.0.0/8')).toEqual({ remoteAddress: '198.51.100.1', host: 'inner:3000' })
  })

  test('an IPv4 address that came through an IPv6 socket is an IPv4 address', () => {
    expect(view({ peer: '::ffff:198.51.100.1' }).remoteAddress).toBe('198.51.100.1')
    expect(view({ peer: '::FFFF:198.51.100.1' }).remoteAddress).toBe('198.51.100.1')
    expect(view({ peer: '2001:db8::1' }).remoteAddress).toBe('2001:db8::1')
  })

  test('a socket without an address (a pipe) has none', () => {
    expect(view({ headers: forwarded }, 'loopback')).toEqual({ host: 'inner:3000' })
  })
})

describe('behind a trusted proxy', () => {
  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('loopback is %s', (peer) => {
    expect(view({ peer, headers: forwarded }, 'loopback')).toEqual({ remoteAddress: '203.0.113.7', protocol: 'https', host: 'chat.example' })
  })

  test('networks of both families', () => {
    expect(view({ peer: '10.200.3.4', headers: forwarded }, '10.0.0.0/8').remoteAddress).toBe('203.0.113.7')
    expect(view({ peer: '11.0.0.1', headers: forwarded }, '10.0.0.0/8').remoteAddress).toBe('11.0.0.1')
    expect(view({ peer: 'fd00::7', headers: forwarded }, 'fd00::/8').remoteAddress).toBe('203.0.113.7')
    expect(view({ peer: '0.0.0.9', headers: forwarded }, '0.0.0.0/0').remoteAddress).toBe('203.0.113.7')
  })

  test('a client cannot lengthen the list to its own advantage', () => {
    const headers = { 'x-forwarded-for': '1.1.1.1, 203.0.113.7' }
    expect(view({ peer: '127.0.0.1', headers }, 'loopback').remoteAddress).toBe('203.0.113.7')
    const chained = { 'x-forwarded-for': '1.1.1.1, 203.0.113.7, 10.0.0.5' }
    expect(view({ peer: '127.0.0.1', headers: chained }, 'loopback', '10.0.0.0/8').remoteAddress).toBe('203.0.113.7')
    expect(view({ peer: '127.0.0.1', headers: chained }, 'loopback').remoteAddress).toBe('10.0.0.5')
  })

  test('when all are trusted, the first one is the client', () => {
    expect(view({ peer: '127.0.0.1', headers: { 'x-forwarded-for': '10.0.0.9, 10.0.0.5' } }, 'loopback', '10.0.0.0/8').remoteAddress).toBe('10.0.0.9')
  })

  test('scheme and host of the nearest proxy count, and nonsense does not', () => {
    expect(view({ peer: '127.0.0.1', headers: { 'x-forwarded-proto': 'http, HTTPS', 'x-forwarded-host': 'evil.example, chat.example' } }, 'loopback'))
      .toEqual({ remoteAddress: '127.0.0.1', protocol: 'https', host: 'chat.example' })
    expect(view({ peer: '127.0.0.1', headers: { 'x-forwarded-proto': 'gopher', 'x-forwarded-host': ' ', 'x-forwarded-for': ', ' } }, 'loopback'))
      .toEqual({ remoteAddress: '127.0.0.1', host: 'inner:3000' })
    expect(view({ peer: '127.0.0.1', headers: { 'x-forwarded-proto': 'wss' } }, 'loopback').protocol).toBe('https')
  })
})

describe('Forwarded (RFC 7239)', () => {
  const stated = (forwarded: string, ...trusted: string[]) => view({ peer: '127.0.0.1', headers: { forwarded } }, 'loopback', ...trusted)

  test('is not read from anybody else', () => {
    expect(view({ peer: '198.51.100.1', headers: { forwarded: 'for=203.0.113.7;host=evil.example' } })).toEqual({ remoteAddress: '198.51.100.1', host: 'inner:3000' })
  })

  test('client, scheme and host', () => {
    expect(stated('for=203.0.113.7;proto=https;host=chat.example')).toEqual({ remoteAddress: '203.0.113.7', protocol: 'https', host: 'chat.example' })
    expect(stated('For="[2001:db8:cafe::17]:4711"').remoteAddress).toBe('2001:db8:cafe::17')
    expect(stated('for="203.0.113.7:47011";by=203.0.113.43').remoteAddress).toBe('203.0.113.7')
    expect(stated('for="::ffff:203.0.113.7"').remoteAddress).toBe('203.0.113.7')
  })

  test('the nearest proxy wrote last: what the client wrote in front does not count, not even a quote that it never closes', () => {
    expect(stated('for=1.1.1.1, for=203.0.113.7').remoteAddress).toBe('203.0.113.7')
    expect(stated('for="1.1.1.1, for=203.0.113.7').remoteAddress).toBe('203.0.113.7')
    expect(stated('for="a\\", for=203.0.113.7').remoteAddress).toBe('203.0.113.7')
  })

  test('through several trusted proxies, scheme and host are those of the outermost one', () => {
    const chain = 'for=203.0.113.7;proto=https;host=chat.example, for=10.0.0.5;proto=http;host=inner'
    expect(stated(chain, '10.0.0.0/8')).toEqual({ remoteAddress: '203.0.113.7', protocol: 'https', host: 'chat.example' })
    expect(stated(chain)).toEqual({ remoteAddress: '10.0.0.5', protocol: 'http', host: 'inner' })
  })

  test('an obfuscated name is the client\'s; unknown, nonsense and nothing leave the proxy that said so', () => {
    expect(stated('for=_hidden;proto=https').remoteAddress).toBe('_hidden')
    expect(stated('for=unknown;proto=https')).toEqual({ remoteAddress: '127.0.0.1', protocol: 'https', host: 'inner:3000' })
    expect(stated('for=unknown, for=10.0.0.5', '10.0.0.0/8').remoteAddress).toBe('10.0.0.5')
    for (const nonsense of ['for=', 'for=;', 'for=example', 'proto=https', 'by=1.2.3.4', '=', 'for="', ',,', 'for=1.2.3.4;for=5.6.7.8']) {
      expect(stated(nonsense).remoteAddress, nonsense).toBe('127.0.0.1')
    }
  })

  test('beside any X-Forwarded-* it is not read: a proxy that writes those leaves a Forwarded of the client as it is', () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=1.1.1.1;host=evil.example;proto=https' }
    expect(view({ peer: '127.0.0.1', headers }, 'loopback')).toEqual({ remoteAddress: '203.0.113.7', host: 'inner:3000' })
  })
})

test('X-Forwarded-For with ports and brackets', () => {
  for (const [hop, address] of [['203.0.113.7:4711', '203.0.113.7'], ['[2001:db8::7]:4711', '2001:db8::7'], ['2001:db8::7', '2001:db8::7'], ['unknown', '127.0.0.1']] as const) {
    expect(view({ peer: '127.0.0.1', headers: { 'x-forwarded-for': hop } }, 'loopback').remoteAddress, hop).toBe(address)
  }
})
