import { describe, expect, it } from 'vitest'
import { headersAcross, redirectOf } from '../../src/handshake/redirect.js'
import { parseTarget } from '../../src/handshake/target.js'

const urlOf = (from: string, location: string | undefined, status = 302): string | undefined =>
  redirectOf({ status, reason: '', headers: location === undefined ? {} : { location } }, parseTarget(from))?.url

describe('redirectOf', () => {
  it.each([
    ['ws://a.example/x', '/y', 'ws://a.example/y'],
    ['ws://a.example/x', 'https://b.example/', 'wss://b.example/'],
    ['wss://a.example/x', 'wss://a.example/y#part', 'wss://a.example/y'],
    ['wss://a.example/x', '//b.example/y', 'wss://b.example/y'],
  ])('%s to %s', (from, location, to) => {
    expect(urlOf(from, location)).toBe(to)
  })

  it('never leaves TLS', () => {
    expect(urlOf('wss://a.example/', 'ws://a.example/')).toBeUndefined()
    expect(urlOf('wss://a.example/', 'http://a.example/')).toBeUndefined()
  })

  it.each(['ftp://a.example/', 'javascript:1', 'ws://'])('does not go to %s', (location) => {
    expect(urlOf('ws://a.example/', location)).toBeUndefined()
  })

  it('is a redirect by its status and Location only', () => {
    expect(urlOf('ws://a.example/', undefined)).toBeUndefined()
    for (const status of [200, 300, 304, 401]) expect(urlOf('ws://a.example/', '/y', status)).toBeUndefined()
    for (const status of [301, 302, 303, 307, 308]) expect(urlOf('ws://a.example/', '/y', status)).toBe('ws://a.example/y')
  })

  it('keeps the credentials of the URL within its origin', () => {
    const from = parseTarget('ws://ada:pw@a.example/')
    expect(redirectOf({ status: 302, reason: '', headers: { location: '/y' } }, from)?.authorization).toBe(from.authorization)
    expect(redirectOf({ status: 302, reason: '', headers: { location: 'ws://b.example/y' } }, from)?.authorization).toBeUndefined()
  })
})

describe('headersAcross', () => {
  const headers = { Authorization: 'x', cookie: 'y', 'Proxy-Authorization': 'z', 'X-Room': 'blue' }
  const from = parseTarget('ws://a.example/')

  it('leaves credentials behind at the border of an origin', () => {
    for (const to of ['ws://b.example/', 'wss://a.example/', 'ws://a.example:8080/', 'ws://sub.a.example/']) {
      expect(headersAcross(headers, from, parseTarget(to))).toEqual([['X-Room', 'blue']])
    }
  })

  it('takes everything along within it', () => {
    expect(headersAcross(headers, from, parseTarget('ws://a.example:80/y'))).toBe(headers)
  })
})
