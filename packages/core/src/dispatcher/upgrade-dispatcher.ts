// The one owner of a server's `upgrade` event: installs the chain on the server, once, behind a frozen interface that two copies of core
// can share (docs/adr/0003-upgrade-dispatcher.md). It must not know endpoints or frameworks.
import { UsageError } from '../protocol/errors.js'
import { processRuntime } from '../runtime.js'
import { Admission, type ServerCounts } from './admission.js'
import type { Scheduler } from './deadline.js'
import { ForeignListeners } from './foreign-listeners.js'
import type { RequestHandler } from './framework-attempt.js'
import type { Arrival } from './pending-upgrade.js'
import { declineOtherProtocols } from './plain-request.js'
import { type CloseListener, type ClosingOrder, ServerClosing } from './server-closing.js'
import { limitsAmong, type ServerLimits } from './server-limits.js'
import { UpgradeChain, type DispatchOptions, type UpgradeHandler } from './upgrade-chain.js'
import type { UpgradeServer } from './upgrade-server.js'

/** Found on the server under `Symbol.for('tocsin.upgrade.1')`. */
export interface UpgradeDispatcher {
  readonly version: 1
  /**
   * `path` is compared byte for byte with the request's target up to `?`; undefined is asked for every path, after those with a path.
   * @returns detaches it again
   * @throws UsageError `WS_ERR_PATH_TAKEN` when the path has a handler already
   */
  attach(path: string | undefined, handler: UpgradeHandler): () => void
  /** Asks a framework for upgrades that no attached handler took, in order of registration. @returns takes it off again */
  dispatch(handler: RequestHandler, options?: DispatchOptions): () => void
  /**
   * Sets limits that hold for the whole server, until they are taken back. Missing in the copy of core that has installed this: see
   * `limitServer`.
   * @returns takes them back
   * @throws UsageError `WS_ERR_LIMITS_CONFLICT` where a limit has another value on this server already
   */
  limit?(limits: ServerLimits): () => void
  /** What the limits are compared with. */
  readonly counts?: ServerCounts
  /** `server.close()` was called, and the server does not listen again. */
  readonly isClosed: boolean
  /** False from the first `close()` or `drain()` on, and while `isClosed`: what a readiness probe asks. */
  readonly isReady: boolean
  /**
   * `listener` runs without a value when `server.close()` is called, once per time that the server was listening, and with an order when
   * everything that uses this server is to end; what it returns is awaited then. @returns takes it off again
   */
  onServerClose(listener: CloseListener): () => void
  /** Ends the server and everything that uses it: resolves when that is over, at the deadline at the latest. The first call counts. */
  close(order: ClosingOrder): Promise<void>
  /** The same, but the server is closed by whoever calls this, afterwards: resolves when everything that uses the server is over. */
  drain(order: ClosingOrder): Promise<void>
}

export interface DispatcherOptions {
  /** What the process shares; only its timing wheel is used. @default the runtime of the process */
  readonly runtime?: Scheduler
  /**
   * How long frameworks and foreign listeners may take before the peer gets an answer from us (503 where a framework was silent, 404 where
   * nobody reacted), in ms. The first caller on a server decides. @default 10000
   */
  readonly handshakeTimeout?: number
}

const DISPATCHER: unique symbol = Symbol.for('tocsin.upgrade.1')
const HANDSHAKE_TIMEOUT = 10_000

/** The dispatcher of this server, installed by the first call. */
export function upgradeDispatcher(server: UpgradeServer, options: DispatcherOptions = {}): UpgradeDispatcher {
  return (server as { readonly [DISPATCHER]?: UpgradeDispatcher })[DISPATCHER] ?? install(server, options)
}

/**
 * Sets limits on a server, for all that is on it.
 * @returns takes them back
 * @throws UsageError for a number out of range, or another one than somebody else has set on this server
 */
export function limitServer(server: UpgradeServer, options: ServerLimits & DispatcherOptions): () => void {
  const { limit } = upgradeDispatcher(server, options)
  const limits = limitsAmong(options)
  if (limit !== undefined) return limit(limits)
  if (Object.keys(limits).length === 0) return () => {}
  const advice = 'update that one, or call something of the newer one first'
  throw new UsageError('WS_ERR_OLD_DISPATCHER', `the upgrades of this server belong to an older copy of @tocsin/core, which has no limits: ${advice}`)
}

function install(server: UpgradeServer, options: DispatcherOptions): UpgradeDispatcher {
  const { runtime = processRuntime(), handshakeTimeout = HANDSHAKE_TIMEOUT } = options
  if (!(handshakeTimeout > 0)) throw new UsageError('WS_ERR_INVALID_OPTION', 'handshakeTimeout must be a number of milliseconds above 0')
  const emit = server.emit.bind(server) as (event: string | symbol, ...values: unknown[]) => boolean
  const foreign = new ForeignListeners(server, emit)
  const admission = new Admission()
  const closing = new ServerClosing(server, runtime)
  const chain = new UpgradeChain({ server, foreign, scheduler: runtime, admission, handshakeTimeout, isRefusing: () => closing.isRefusing })
  overrideEmit(server, emit, chain)
  declineOtherProtocols(server, () => foreign.count > 0)
  const dispatcher: UpgradeDispatcher = Object.freeze({
    version: 1,
    attach: (path: string | undefined, handler: UpgradeHandler) => chain.addHandler(path, handler),
    dispatch: (handler: RequestHandler, options: DispatchOptions = {}) => chain.addFramework(handler, options),
    limit: (limits: ServerLimits) => admission.limits.add(limits),
    get counts() { return admission.counts },
    get isClosed() { return closing.isClosed },
    get isReady() { return closing.isReady },
    onServerClose: (listener: CloseListener) => closing.add(listener),
    close: (order: ClosingOrder) => closing.close(order, () => chain.expireAll()),
    drain: (order: ClosingOrder) => closing.drain(order, () => chain.expireAll()),
  })
  Object.defineProperty(server, DISPATCHER, { value: dispatcher, enumerable: false })
  return dispatcher
}

// Being the only listener is not enough: others may be added at any time, and each of them would answer on its own
function overrideEmit(server: UpgradeServer, emit: (event: string | symbol, ...values: unknown[]) => boolean, chain: UpgradeChain): void {
  const emitOrDispatch = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'upgrade') return emit(event, ...values)
    const [request, socket, head] = values as [Arrival['request'], Arrival['socket'], Arrival['head']]
    chain.run({ request, socket, head })
    return true
  }
  Object.defineProperty(server, 'emit', { value: emitOrDispatch, configurable: true, writable: true, enumerable: false })
}
