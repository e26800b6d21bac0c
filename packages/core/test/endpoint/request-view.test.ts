// How a request looks from outside (FEATURES A30): a proxy's word counts only where the proxy is trusted.
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { compileTrustedProxies, overlayView, requestViewOf } from '../../src/endpoint/request-view.js'

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

test('what a framework knows replaces ours; what it does not know stays', () => {
  const own = view({ peer: '127.0.0.1' })
  expect(overlayView(own, { protocol: 'https', host: 'chat.example', remoteAddress: '::ffff:203.0.113.7' }))
    .toEqual({ protocol: 'https', host: 'chat.example', remoteAddress: '203.0.113.7' })
  expect(overlayView(own, { protocol: undefined, host: undefined })).toEqual(own)
  expect(overlayView(own)).toEqual(own)
})
