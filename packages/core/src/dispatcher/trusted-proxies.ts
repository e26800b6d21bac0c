// Which addresses are proxies whose word counts. Knows addresses and networks.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { UsageError } from '../protocol/errors.js'

/** Says of an address whether it is a trusted proxy. */
export type TrustedProxies = (address: string) => boolean

const LOOPBACK = ['127.0.0.0/8', '::1']

/** Throws a UsageError for anything but a list of addresses, networks and 'loopback'. */
export function compileTrustedProxies(entries: readonly string[]): TrustedProxies {
  if (!Array.isArray(entries)) throw invalid('trustedProxies must be a list')
  if (entries.length === 0) return () => false
  const list = new BlockList()
  for (const entry of entries.flatMap((entry: string) => (entry === 'loopback' ? LOOPBACK : [entry]))) addEntry(list, entry)
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const bits = prefix === undefined ? undefined : Number(prefix)
  const isPrefixValid = bits === undefined || (/^\d+$/.test(prefix!) && bits <= (family === 'ipv6' ? 128 : 32))
  if (isIP(address) === 0 || rest.length > 0 || !isPrefixValid) {
    throw invalid(`trustedProxies: '${entry}' is neither an address, a network such as 10.0.0.0/8, nor 'loopback'`)
  }
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, bits, family)
}

function invalid(message: string): UsageError {
  return new UsageError('WS_ERR_INVALID_OPTION', message)
}
