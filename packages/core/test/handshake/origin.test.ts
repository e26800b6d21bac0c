import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { compileOrigins, isOriginAllowed, type RequestView } from '../../src/handshake/origin.js'
import { usageErrorOf } from './support/thrown.js'

const REFUSED_ANYWHERE = [
  'null', 'NULL', '', ' ', '*', 'example.com', '//example.com', '://example.com', 'http:example.com', 'http:/example.com', 'http://',
  'http://example.com/', 'http://example.com/x', 'http://example.com?', 'http://example.com#', 'http://user@example.com',
  'http://example.com@evil.example',
  'http://evil.example@example.com', 'http://example.com:', 'http://example.com:x', 'http://example.com:99999', ' http://example.com',
  'http://example.com ',
  'http://example.com, http://example.com', 'http://example.com http://example.com', 'http:\\\\example.com', 'http://example.com\\',
  'http://example.com\0',
  'http://example.com\r\n', 'javascript:alert(1)', 'file://', '1http://example.com', 'undefined', '__proto__',
]

describe("C7, SECURITY cross-site WebSocket hijacking: origins 'same'", () => {
  it.each<[string, RequestView]>([
    ['http://example.com', { host: 'example.com' }],
    ['https://example.com', { host: 'example.com' }],
    ['http://EXAMPLE.com', { host: 'example.COM' }],
    ['HTTP://example.com', { host: 'example.com' }],
    ['http://example.com:80', { host: 'example.com' }],
    ['http://example.com', { host: 'example.com:80' }],
    ['https://example.com', { host: 'example.com:443' }],
    ['https://example.com:443', { host: 'example.com' }],
    ['http://example.com:8080', { host: 'example.com:8080' }],
    ['http://localhost:3000', { host: 'localhost:3000', protocol: 'http' }],
    ['https://example.com', { host: 'example.com', protocol: 'https' }],
    ['http://127.0.0.1:3000', { host: '127.0.0.1:3000' }],
    ['http://[::1]:3000', { host: '[::1]:3000' }],
    ['http://[::1]', { host: '[::1]:80' }],
    ['https://[2001:db8::A]', { host: '[2001:DB8::a]' }],
  ])('allows %s at %j', (origin, view) => {
    expect(isOriginAllowed(origin, 'same', view)).toBe(true)
  })

  it.each<[string, RequestView]>([
    ['http://evil.example', { host: 'example.com' }],
    ['http://sub.example.com', { host: 'example.com' }],
    ['http://example.com', { host: 'sub.example.com' }],
    ['http://example.com.evil.example', { host: 'example.com' }],
    ['http://evilexample.com', { host: 'example.com' }],
    ['http://example.com.', { host: 'example.com' }],
    ['http://example.com:8080', { host: 'example.com' }],
    ['http://example.com', { host: 'example.com:8080' }],
    ['http://example.com:3000', { host: 'example.com:3001' }],
    ['https://example.com', { host: 'example.com:80' }],
    ['http://example.com', { host: 'example.com:443' }],
    ['http://example.com:443', { host: 'example.com' }],
    ['http://example.com', { host: 'example.com', protocol: 'https' }],
    ['https://example.com', { host: 'example.com', protocol: 'http' }],
    ['http://localhost:3000', { host: '127.0.0.1:3000' }],
    ['http://[::1]:3000', { host: '[::2]:3000' }],
    ['ws://example.com', { host: 'example.com' }],
    ['app://example.com:80', { host: 'example.com:80' }],
    ['chrome-extension://example.com', { host: 'example.com' }],
    ['http://example.com', {}],
    ['http://example.com', { host: '' }],
    ['http://example.com', { host: 'example.com, evil.example' }],
    ['http://example.com', { host: 'example.com/' }],
  ])('refuses %s at %j', (origin, view) => {
    expect(isOriginAllowed(origin, 'same', view)).toBe(false)
  })

  it.each(REFUSED_ANYWHERE)('refuses %j, which is no origin', (origin) => {
    for (const host of ['example.com', origin, 'null', '']) expect(isOriginAllowed(origin, 'same', { host })).toBe(false)
  })

  it('allows an absent Origin, which no browser omits', () => {
    expect(isOriginAllowed(undefined, 'same', { host: 'example.com' })).toBe(true)
    expect(isOriginAllowed(undefined, 'same', {})).toBe(true)
  })

  it('agrees with the URL parser of the platform on what it allows', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('[::1]'))
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined })
    const scheme = fc.constantFrom('http', 'https')
    fc.assert(fc.property(scheme, fc.tuple(host, port), fc.tuple(host, port), (protocol, asked, page) => {
      const write = ([name, number]: [string, number | undefined]) => number === undefined ? name : `${name}:${number}`
      for (const other of [asked, page]) {
        const same = new URL(`${protocol}://${write(other)}`).origin === new URL(`${protocol}://${write(asked)}`).origin
        expect(isOriginAllowed(`${protocol}://${write(other)}`, 'same', { host: write(asked) })).toBe(same)
      }
    }))
  })
})

describe("origins 'any'", () => {
  it.each([undefined, 'null', '', 'http://evil.example', 'rubbish'])('allows %j', (origin) => {
    expect(isOriginAllowed(origin, 'any', {})).toBe(true)
  })
})

describe('a list of origins', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['HTTPS://App.Example.COM', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['http://app.example.com:80', 'http://app.example.com'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
    ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['https://app.example.com', 'https://APP.example.com:443'],
  ])('the entry %s allows %s', (entry, origin) => {
    expect(isOriginAllowed(origin, ['https://other.example', entry], { host: 'api.example.com' })).toBe(true)
  })

  it.each([
    'http://app.example.com', 'https://app.example.com:8443', 'https://example.com', 'https://x.app.example.com',
    'https://app.example.com.evil.example',
    'https://api.example.com', ...REFUSED_ANYWHERE,
  ])('refuses %j, and the site itself is not implied', (origin) => {
    const view = { host: 'api.example.com', protocol: 'https' } as const
    expect(isOriginAllowed(origin, ['https://app.example.com', 'http://other.example'], view)).toBe(false)
  })

  it('allows an absent Origin', () => {
    expect(isOriginAllowed(undefined, ['https://app.example.com'], {})).toBe(true)
    expect(isOriginAllowed(undefined, [], {})).toBe(true)
    expect(isOriginAllowed('https://app.example.com', [], { host: 'app.example.com' })).toBe(false)
  })

  it.each([
    'https://app.example.com/', 'https://app.example.com/chat', 'app.example.com', 'https://', 'https://*.example.com', '*', 'null',
    'same', '',
    'https://user@example.com', 'https://b\u00fccher.example', ' https://app.example.com', 'https://app.example.com:',
    'https://app.example.com:0x50', 42, null, undefined,
  ])('the malformed entry %j is a usage error when the endpoint is made', (entry) => {
    const error = usageErrorOf(() => compileOrigins(['https://ok.example', entry as string]))
    expect(error.code).toBe('WS_ERR_INVALID_ORIGINS')
  })

  it.each(['https://app.example.com', 'Same', undefined, null, true, {}])('the option %j is a usage error', (option) => {
    expect(usageErrorOf(() => compileOrigins(option as never)).code).toBe('WS_ERR_INVALID_ORIGINS')
  })
})

describe('a function for origins', () => {
  it('B10: decides with the origin and the request, also for an absent or strange origin', () => {
    const asked: unknown[] = []
    const policy = compileOrigins<string>((origin, request) => asked.push([origin, request]) === 1)
    expect(policy('null', {}, 'a')).toBe(true)
    expect(policy(undefined, {}, 'b')).toBe(false)
    expect(asked).toEqual([['null', 'a'], [undefined, 'b']])
  })

  it.each([
    ['a promise', Promise.resolve(false)], ['undefined', undefined], ['1', 1], ['a string', 'no'],
  ])('SECURITY: an answer that is %s is a usage error, never a skipped check', (_name, answer) => {
    const policy = compileOrigins<undefined>(() => answer as never)
    expect(usageErrorOf(() => policy('http://evil.example', {}, undefined)).code).toBe('WS_ERR_INVALID_ORIGINS')
  })
})

describe('any text at all', () => {
  it('never throws, and is allowed by no rule but any', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (origin, host) => {
      expect(isOriginAllowed(origin, 'same', { host })).toBe(false)
      expect(isOriginAllowed(origin, ['https://app.example.com'], { host })).toBe(false)
    }))
  })

  it.each(['a', ':', '.', '[:', '://', 'a-', '1:'])('SECURITY: decides on 64 KiB of %s', (unit) => {
    const text = unit.repeat(65_536 / unit.length)
    for (const origin of [text, `http://${text}`, `http://[${text} ]`]) {
      expect(isOriginAllowed(origin, 'same', { host: 'example.com' })).toBe(false)
    }
  })
})
