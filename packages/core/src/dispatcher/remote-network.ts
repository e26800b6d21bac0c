// Whom an address stands for where connections are counted. PURE: it must not know what is counted.
import { BlockList, isIP } from 'node:net'

/** Loopback, private, shared (RFC 6598) and link-local: whoever comes from there is a proxy, or in one's own network. */
const OWN_NETWORKS: readonly [address: string, bits: number][] = [
  ['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['169.254.0.0', 16],
  ['::1', 128], ['fc00::', 7], ['fe80::', 10],
]

const own = new BlockList()
for (const [address, bits] of OWN_NETWORKS) own.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether an address is one of the whole internet's. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && !own.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

/**
 * An IPv4 address stands for itself, also where it is written as an IPv6 one. Of IPv6, whoever has one address has a network of 2 to the
 * power of 64: the first four groups stand for all of them. What is no address, such as an obfuscated name, stands for itself.
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || isIP(address) !== 6) return address
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return [groups[6]! >> 8, groups[6]! & 0xff, groups[7]! >> 8, groups[7]! & 0xff].join('.')
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(':')}::/64`
}

/** The eight groups of an IPv6 address; a zone does not count. */
function groupsOf(address: string): number[] {
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::')
  const [before, after] = [parseGroups(head), parseGroups(tail ?? '')]
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? groupsOfIPv4(group) : [Number.parseInt(group, 16)]))
}

function groupsOfIPv4(address: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [(a << 8) | b, (c << 8) | d]
}
