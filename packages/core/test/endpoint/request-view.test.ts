import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { compileTrustedProxies, overlayView, requestViewOf } from '../../src/endpoint/request-view.js'

const request = (headers: Record<string, string>, socket: object = { remoteAddress: '127.0.0.1' }): IncomingMessage =>
  ({ headers: { host: 'inner:3000', ...headers }, socket }) as unknown as IncomingMessage

describe('A30: the endpoint\'s own view', () => {
  const trusted = compileTrustedProxies(['loopback'])

  test('the socket\'s facts; the scheme of a plain socket is not known', () => {
    expect(requestViewOf(request({}, { remoteAddress: '::ffff:192.0.2.1' }), trusted)).toEqual({ remoteAddress: '192.0.2.1', host: 'inner:3000' })
    expect(requestViewOf(request({}, { remoteAddress: '::1', encrypted: true }), () => false)).toEqual({ remoteAddress: '::1', protocol: 'https', host: 'inner:3000' })
  })

  test.each([['https', 'https'], ['wss', 'https'], ['WS', 'http'], ['http', 'http'], ['gopher', undefined], ['httpss', undefined]])(
    'a trusted proxy that says %s means %s', (said, protocol) => {
      expect(requestViewOf(request({ 'x-forwarded-proto': said }), trusted).protocol).toBe(protocol)
    })

  test('a proxy that is not trusted says nothing', () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example', 'x-forwarded-for': '203.0.113.9' }
    expect(requestViewOf(request(headers), () => false)).toEqual({ remoteAddress: '127.0.0.1', host: 'inner:3000' })
    expect(requestViewOf(request(headers), trusted)).toEqual({ remoteAddress: '203.0.113.9', host: 'chat.example', protocol: 'https' })
  })
})

describe('A30: a framework\'s view over it', () => {
  const own = { remoteAddress: '127.0.0.1', host: 'inner:3000', protocol: 'http' } as const

  test('what the framework knows replaces ours, in our words', () => {
    expect(overlayView(own, { remoteAddress: '::ffff:192.0.2.1', host: 'chat.example', protocol: 'WSS' }))
      .toEqual({ remoteAddress: '192.0.2.1', host: 'chat.example', protocol: 'https' })
  })

  test('what it does not know stays', () => {
    expect(overlayView(own)).toEqual(own)
    expect(overlayView(own, { remoteAddress: undefined, host: undefined, protocol: 'gopher' })).toEqual(own)
  })
})
