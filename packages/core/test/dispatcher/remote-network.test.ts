// Whom an address stands for where connections are counted.
import { expect, test } from 'vitest'
import { isPublicAddress, networkOf } from '../../src/dispatcher/remote-network.js'

test.each([
  ['192.0.2.1', '192.0.2.1'], ['::ffff:192.0.2.1', '192.0.2.1'], ['::FFFF:c000:0201', '192.0.2.1'], ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'], ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'], ['2001:db8::2:3:4:5', '2001:db8:0:0::/64'], ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'], ['::', '0:0:0:0::/64'], ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['_hidden', '_hidden'], ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('what is public, and what is a proxy or in one\'s own network', () => {
  for (const address of ['203.0.113.7', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1', '::ffff:8.8.8.8']) expect(isPublicAddress(address), address).toBe(true)
  const own = ['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '169.254.1.1', '::1', 'fd00::1', 'fe80::1%eth0', '::ffff:10.0.0.1']
  for (const address of [...own, '_hidden', '']) expect(isPublicAddress(address), address).toBe(false)
})
