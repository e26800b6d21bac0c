import { UsageError } from '@tocsin/core/protocol'
import { describe, expect, it } from 'vitest'
import { parseTarget } from '../../src/handshake/target.js'

describe('parseTarget (RFC 6455 §3)', () => {
  it.each([
    ['ws://example.com', { url: 'ws://example.com/', isSecure: false, host: 'example.com', port: 80, authority: 'example.com', resource: '/' }],
    ['wss://example.com/chat?room=1', { url: 'wss://example.com/chat?room=1', isSecure: true, host: 'example.com', port: 443, authority: 'example.com', resource: '/chat?room=1' }],
    ['http://example.com:8080/', { url: 'ws://example.com:8080/', isSecure: false, host: 'example.com', port: 8080, authority: 'example.com:8080', resource: '/' }],
    ['https://example.com', { url: 'wss://example.com/', isSecure: true, host: 'example.com', port: 443, authority: 'example.com', resource: '/' }],
    ['wss://example.com:443', { url: 'wss://example.com/', isSecure: true, host: 'example.com', port: 443, authority: 'example.com', resource: '/' }],
    ['https://example.com:80', { url: 'wss://example.com:80/', isSecure: true, host: 'example.com', port: 80, authority: 'example.com:80', resource: '/' }],
    ['ws://[::1]:9501/a%20b', { url: 'ws://[::1]:9501/a%20b', isSecure: false, host: '::1', port: 9501, authority: '[::1]:9501', resource: '/a%20b' }],
    ['WS://EXAMPLE.com/A B', { url: 'ws://example.com/A%20B', isSecure: false, host: 'example.com', port: 80, authority: 'example.com', resource: '/A%20B' }],
  ])('%s', (url, target) => {
    expect(parseTarget(url)).toEqual({ ...target, authorization: undefined })
    expect(parseTarget(new URL(url))).toEqual({ ...target, authorization: undefined })
  })

  it.each([
    ['ftp://example.com', /scheme/],
    ['example.com', /absolute/],
    ['/chat', /absolute/],
    ['', /absolute/],
    ['ws://', /absolute/],
    ['ws://example.com/#here', /fragment/],
    ['ws://example.com/#', /fragment/],
    ['ws://example.com:99999', /absolute/],
  ])('refuses %j', (url, message) => {
    expect(() => parseTarget(url)).toThrow(UsageError)
    expect(() => parseTarget(url)).toThrow(message)
  })

  it('makes basic credentials of user information, and takes them out of the URL', () => {
    const { url, authorization } = parseTarget('ws://us%40er:p%C3%A4ss@example.com/')
    expect(url).toBe('ws://example.com/')
    expect(authorization).toBe(`Basic ${Buffer.from('us@er:päss').toString('base64')}`)
    expect(parseTarget('ws://token@example.com/').authorization).toBe(`Basic ${Buffer.from('token:').toString('base64')}`)
    expect(parseTarget('ws://100%@example.com/').authorization).toBe(`Basic ${Buffer.from('100%:').toString('base64')}`)
  })

  it('does not repeat the URL, which may hold a token', () => {
    expect(() => parseTarget('secret')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') as string }))
  })
})
