// All proxies, in the order of the README's table.
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'
import type { ProxyKind } from './proxy.js'

export const PROXIES: readonly ProxyKind[] = [nginx, haproxy]
