import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../src/browser/browser-platform.js'

const { parseUrl, checkClose } = browserPlatform

afterEach(() => { vi.unstubAllGlobals() })

describe('parseUrl', () => {
  it.each([['ws://a/', 'ws://a/'], ['https://a/x?y', 'wss://a/x?y'], ['HTTP://A', 'ws://a/'], [new URL('wss://a'), 'wss://a/']])('%s', (url, expected) => {
    expect(parseUrl(url)).toBe(expected)
  })

  it('is relative to the page', () => {
    vi.stubGlobal('location', { href: 'https://page.example/rooms/blue' })
    expect([parseUrl('chat'), parseUrl('/chat?a'), parseUrl('//other.example/')]).toEqual(['wss://page.example/rooms/chat', 'wss://page.example/chat?a', 'wss://other.example/'])
  })

  it.each(['', '/chat', 'ftp://a/', 'ws://a/#b', 'javascript:1', 'wssx://a/', 'ws://'])('%j without a page is no URL', (url) => {
    expect(() => parseUrl(url)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_URL' }))
  })
})

describe('checkClose', () => {
  it.each([1000, 3000, 4999])('%i may be sent', (code) => {
    expect(() => checkClose(code, 'ä'.repeat(61))).not.toThrow()
  })

  it.each([999, 1001, 1005, 2999, 5000, 3000.5, NaN, 30_000])('%s may not', (code) => {
    expect(() => checkClose(code, '')).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_CLOSE_CODE' }))
  })

  it('a reason has 123 bytes', () => {
    expect(() => checkClose(1000, 'ä'.repeat(62))).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_CLOSE_REASON' }))
  })
})

it('its errors are of the kinds that core has', () => {
  expect([browserPlatform.misuse('WS_ERR_CLAIMED').name, browserPlatform.failure('WS_ERR_CLOSED').name]).toEqual(['UsageError', 'WebSocketError'])
})
