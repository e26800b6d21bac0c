import { describe, expect, it } from 'vitest'
import { compileAllowedHosts, isHostAllowed } from '../../src/handshake/allowed-hosts.js'
import { usageErrorOf } from './support/thrown.js'

describe('SECURITY: against DNS rebinding, allowedHosts', () => {
  it.each([
    ['example.com', 'example.com'],
    ['example.com', 'EXAMPLE.COM:8080'],
    ['Example.Com', 'example.com'],
    ['example.com:8080', 'example.com:8080'],
    ['example.com:443', 'example.com'],
    ['example.com:80', 'example.com'],
    ['localhost', 'localhost:3000'],
    ['127.0.0.1', '127.0.0.1:3000'],
    ['[::1]', '[::1]:3000'],
    ['[::1]:3000', '[::1]:3000'],
    ['.example.com', 'example.com'],
    ['.example.com', 'a.example.com'],
    ['.example.com', 'a.b.example.com:8080'],
    ['*.example.com', 'a.example.com'],
    ['*.example.com', 'A.B.example.com'],
    ['*.example.com:8080', 'a.example.com:8080'],
  ])('%s admits %s', (entry, host) => {
    expect(isHostAllowed(host, ['other.example', entry])).toBe(true)
  })

  it.each([
    ['example.com', 'evil.example'],
    ['example.com', 'a.example.com'],
    ['example.com', 'example.com.evil.example'],
    ['example.com', 'evilexample.com'],
    ['example.com:8080', 'example.com:8081'],
    ['example.com:8080', 'example.com'],
    ['example.com:443', 'example.com:80'],
    ['*.example.com', 'example.com'],
    ['*.example.com', 'evilexample.com'],
    ['.example.com', 'evilexample.com'],
    ['.example.com', 'example.com.evil.example'],
    ['.example.com:8080', 'a.example.com'],
    ['localhost', '127.0.0.1'],
    ['[::1]', '[::2]'],
    ['example.com', 'example.com@evil.example'],
    ['example.com', 'example.com, evil.example'],
    ['example.com', 'example.com/'],
    ['example.com', ''],
    ['example.com', undefined],
  ])('%s does not admit %s', (entry, host) => {
    expect(isHostAllowed(host, ['other.example', entry])).toBe(false)
  })

  it('an empty list admits nothing', () => {
    expect(isHostAllowed('example.com', [])).toBe(false)
  })

  it.each([
    '', '*', '.', '*.', '..', '*..a', '*.*.a', 'a.*', '**.a', 'http://a', 'a/', 'a b', 'a:b', '::1', '.[::1]', '*.[::1]',
    'b\u00fccher.example', 1, null,
  ])('the malformed entry %j is a usage error when the endpoint is made', (entry) => {
    expect(usageErrorOf(() => compileAllowedHosts([entry as string])).code).toBe('WS_ERR_INVALID_ALLOWED_HOSTS')
  })

  it('a single string is a usage error', () => {
    expect(usageErrorOf(() => compileAllowedHosts('example.com' as never)).code).toBe('WS_ERR_INVALID_ALLOWED_HOSTS')
  })
})
