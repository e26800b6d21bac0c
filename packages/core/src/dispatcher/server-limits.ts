// The limits that hold for one HTTP server as a whole: each documented once, here; and what several callers say of one server together.
// Values only: it must not know what is counted.
import { UsageError } from '../protocol/errors.js'
import { compileTrustedProxies, type TrustedProxies } from './trusted-proxies.js'

/**
 * Limits of one HTTP server, shared by everything on it: all endpoints, frameworks and other libraries' upgrades. They are judged when an
 * upgrade comes in, before anybody is asked and any hook or middleware runs: over one of them the answer is 503 with Retry-After. They
 * hold for as long as whoever has set them is attached. A number has one value per server: another caller may repeat it, not change it.
 */
export interface ServerLimits {
  /**
   * WebSocket connections of this server, from the upgrade request to the end of TCP, whoever has taken them. Risk of a number: whoever
   * opens that many keeps all others out. Cost of none: memory, and file descriptors, as many as the process may have. @default Infinity
   */
  readonly maxConnections?: number | undefined
  /**
   * The same for each remote address; an IPv6 address counts as its /64 network. A number that is set holds for every address. The default
   * spares loopback, private and link-local addresses: who comes from there is a proxy, or in one's own network. Risk: many people behind
   * one address, and everybody behind a proxy with a public address that is not in `trustedProxies`; a warning says so when it happens.
   * @default 1_000, for public addresses
   */
  readonly maxConnectionsPerAddress?: number | undefined
  /**
   * Upgrades that wait for hooks, middleware or guards to decide. Cost: each may hold a request and 64 KiB of early data. Risk: where they
   * decide slowly, a crowd that reconnects at once is sent away to come back later. @default 2_000, so that one address alone cannot fill it
   */
  readonly maxPendingHandshakes?: number | undefined
  /**
   * Addresses and networks ('10.0.0.0/8', '::1', 'loopback') whose Forwarded or X-Forwarded-For says where a connection comes from. What
   * several callers name adds up; an endpoint that is attached brings its own. What a framework trusts is not known here: name it again.
   * Risk: whoever can connect from there can claim any address. @default none
   */
  readonly trustedProxies?: readonly string[] | undefined
}

/** The numbers among them. */
export type ServerLimit = 'maxConnections' | 'maxConnectionsPerAddress' | 'maxPendingHandshakes'

export const DEFAULT_LIMITS: Readonly<Record<ServerLimit, number>> = {
  maxConnections: Infinity,
  maxConnectionsPerAddress: 1_000,
  maxPendingHandshakes: 2_000,
}

const NAMES = Object.keys(DEFAULT_LIMITS) as ServerLimit[]

/** Only the limits among some options; those that are not set are left out. */
export function limitsAmong(options: ServerLimits): ServerLimits {
  const names = [...NAMES, 'trustedProxies'] as const
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]))
}

/** What all callers on one server have said. */
export class DeclaredLimits {
  readonly #declared = new Set<ServerLimits>()
  #numbers: Pick<ServerLimits, ServerLimit> = {}
  /** Every proxy that one of them trusts. */
  isTrusted: TrustedProxies = () => false

  /**
   * @returns takes them back
   * @throws UsageError `WS_ERR_INVALID_OPTION`; `WS_ERR_LIMITS_CONFLICT` where somebody else has set another number
   */
  add(limits: ServerLimits): () => void {
    const mine = limitsAmong(limits)
    compileTrustedProxies(mine.trustedProxies ?? [])
    for (const name of NAMES) this.#check(name, mine[name])
    this.#declared.add(mine)
    this.#combine()
    return () => {
      if (this.#declared.delete(mine)) this.#combine()
    }
  }

  /** Undefined: nobody has set it, and the default holds. */
  get(name: ServerLimit): number | undefined {
    return this.#numbers[name]
  }

  #check(name: ServerLimit, value: number | undefined): void {
    if (value === undefined) return
    if (!(Number.isInteger(value) || value === Infinity) || value < 1) {
      throw new UsageError('WS_ERR_INVALID_OPTION', `the option ${name} must be a whole number above 0, or Infinity`)
    }
    const other = this.#numbers[name]
    if (other === undefined || other === value) return
    const advice = 'it is one limit for the whole server, so set it once, or to the same number'
    throw new UsageError('WS_ERR_LIMITS_CONFLICT', `${name} is ${other} on this server already, not ${value}: ${advice}`)
  }

  #combine(): void {
    this.#numbers = Object.assign({}, ...this.#declared) as ServerLimits
    this.isTrusted = compileTrustedProxies([...this.#declared].flatMap(({ trustedProxies = [] }) => trustedProxies))
  }
}
