// Which addresses are proxies whose word counts.
import { expect, test } from 'vitest'
import { compileTrustedProxies } from '../../src/dispatcher/trusted-proxies.js'

test('addresses and networks of both families, and a word for loopback', () => {
  const isTrusted = compileTrustedProxies(['10.0.0.0/8', 'fd00::/8', '192.0.2.1', 'loopback'])
  expect(['10.1.2.3', 'fd00::1', '192.0.2.1', '127.8.8.8', '::1'].map(isTrusted)).toEqual([true, true, true, true, true])
  expect(['11.0.0.1', 'fe80::1', '192.0.2.2', '_hidden', 'unknown', ''].map(isTrusted)).toEqual([false, false, false, false, false, false])
  expect(compileTrustedProxies([])('127.0.0.1')).toBe(false)
})

test('the zone of a link-local address is not a part of it', () => {
  expect(compileTrustedProxies(['fe80::/10'])('fe80::1%eth0')).toBe(true)
  expect(compileTrustedProxies(['10.0.0.0/8'])('fe80::1%eth0')).toBe(false)
})

test.each<[unknown]>([[['10.0.0.0/33']], [['proxy.example']], [['']], ['loopback'], [true]])('%j is refused', (entries) => {
  expect(() => compileTrustedProxies(entries as string[])).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION' }))
})
