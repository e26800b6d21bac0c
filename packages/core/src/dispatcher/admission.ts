// How many WebSocket connections a server has, from where, and how many are pending: the gate in front of the upgrade chain. Counts
// exactly, from an upgrade's arrival to the end of its socket, whoever takes it. It must not know paths, handlers or answers.
import type { Duplex } from 'node:stream'
import { diagnostics } from '../diagnostics.js'
import { type Arrival, rawSocketOf } from './pending-upgrade.js'
import { isPublicAddress, networkOf } from './remote-network.js'
import { requestViewOf } from './request-view.js'
import { DEFAULT_LIMITS, DeclaredLimits, type ServerLimit } from './server-limits.js'

/** What a server has now, and has sent away since it was made. */
export interface ServerCounts {
  /** WebSocket connections, those included whose handshake is pending, or was refused and whose socket has not closed yet. */
  readonly connections: number
  readonly pendingHandshakes: number
  /** Upgrades that a limit has refused. */
  readonly refused: number
}

/** One remote address, or network, and its connections. The listener is shared by all of its sockets. */
interface Remote {
  readonly network: string
  count: number
  onClose(): void
}

const CODES: Readonly<Record<ServerLimit, string>> = {
  maxConnections: 'WS_ERR_MAX_CONNECTIONS',
  maxConnectionsPerAddress: 'WS_ERR_MAX_CONNECTIONS_PER_ADDRESS',
  maxPendingHandshakes: 'WS_ERR_MAX_PENDING_HANDSHAKES',
}

/** What a refused upgrade is answered. */
export const TOO_MANY = { status: 503, headers: { 'Retry-After': '5' } } as const

export class Admission {
  readonly limits = new DeclaredLimits()
  readonly #remotes = new Map<string, Remote>()
  readonly #warned = new Set<ServerLimit>()
  #connections = 0
  #pending = 0
  #refused = 0

  get counts(): ServerCounts {
    return { connections: this.#connections, pendingHandshakes: this.#pending, refused: this.#refused }
  }

  /** Whether this upgrade may be worked on. Then it counts, and whoever works on it must tell by `settled()` when it is pending no more. */
  admit(arrival: Arrival): boolean {
    const { remoteAddress } = requestViewOf(arrival.request, this.limits.isTrusted)
    const remote = this.#remoteOf(remoteAddress ?? '')
    const reached = this.#reached(remote, remoteAddress)
    if (reached !== undefined) return this.#refuse(reached, arrival, remoteAddress)
    this.#count(remote, rawSocketOf(arrival))
    return true
  }

  /** One that was admitted was taken, answered or released, or its peer is gone. */
  settled(): void {
    this.#pending--
  }

  #remoteOf(address: string): Remote {
    const network = networkOf(address)
    const known = this.#remotes.get(network)
    if (known !== undefined) return known
    const onClose = (): void => {
      this.#connections--
      if (--remote.count === 0) this.#remotes.delete(network)
    }
    const remote: Remote = { network, count: 0, onClose }
    return remote
  }

  #count(remote: Remote, socket: Duplex): void {
    this.#pending++
    this.#connections++
    if (remote.count++ === 0) this.#remotes.set(remote.network, remote)
    if (socket.closed) remote.onClose()
    else socket.on('close', remote.onClose)
  }

  /** The limit that leaves no room for one more. */
  #reached({ count }: Remote, remoteAddress: string | undefined): ServerLimit | undefined {
    const { limits } = this
    if (this.#connections >= (limits.get('maxConnections') ?? DEFAULT_LIMITS.maxConnections)) return 'maxConnections'
    // A socket without an address, such as a pipe, is nobody in particular
    if (remoteAddress !== undefined && this.#isFull(remoteAddress, count)) return 'maxConnectionsPerAddress'
    return this.#pending >= (limits.get('maxPendingHandshakes') ?? DEFAULT_LIMITS.maxPendingHandshakes) ? 'maxPendingHandshakes' : undefined
  }

  #isFull(remoteAddress: string, count: number): boolean {
    const chosen = this.limits.get('maxConnectionsPerAddress')
    if (chosen !== undefined) return count >= chosen
    return count >= DEFAULT_LIMITS.maxConnectionsPerAddress && isPublicAddress(remoteAddress)
  }

  #refuse(limit: ServerLimit, { request }: Arrival, remoteAddress: string | undefined): false {
    const { limit: reached, refused } = diagnostics
    this.#refused++
    if (reached.hasSubscribers) reached.publish({ limit, action: 'refuse', connection: undefined, remoteAddress })
    if (refused.hasSubscribers) {
      const reason = `the server has reached ${limit}`
      refused.publish({ request, endpoint: undefined, status: TOO_MANY.status, code: CODES[limit], reason })
    }
    if (this.limits.get(limit) === undefined) this.#warnOnce(limit, remoteAddress)
    return false
  }

  /** Nobody has chosen this number: who is refused by it may be a crowd behind one proxy. */
  #warnOnce(limit: ServerLimit, remoteAddress: string | undefined): void {
    if (this.#warned.has(limit)) return
    this.#warned.add(limit)
    const from = remoteAddress ?? 'an unknown address'
    const facts = `A WebSocket upgrade from ${from} was refused by the default of ${limit} (${DEFAULT_LIMITS[limit]}).`
    const proxy = limit === 'maxConnectionsPerAddress' ? ' If that is a proxy, name it in `trustedProxies`.' : ''
    process.emitWarning(`${facts}${proxy} To allow more, set the option.`, { type: 'TocsinWarning', code: 'WS_WARN_SERVER_LIMIT' })
  }
}
