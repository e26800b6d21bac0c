// The order in which everybody on a server is asked for an upgrade: handlers by path, frameworks, foreign listeners, nobody.
// It must not know how it is installed on the server.
import type { IncomingMessage } from 'node:http'
import { type Seat, SEAT } from '../connection/seat.js'
import { diagnostics } from '../diagnostics.js'
import { isWebSocketUpgrade } from '../handshake/request.js'
import { serializeResponse } from '../handshake/response.js'
import { UsageError } from '../protocol/errors.js'
import { type Admission, TOO_MANY } from './admission.js'
import type { Scheduler } from './deadline.js'
import { describeError } from './describe-error.js'
import { farewell } from './farewell.js'
import { FrameworkAttempt, type RequestHandler } from './framework-attempt.js'
import type { ForeignListeners } from './foreign-listeners.js'
import { rawSocketOf, Upgrade, type Arrival, type PendingUpgrade } from './pending-upgrade.js'
import { canRedispatch, redispatchAsPlain } from './plain-request.js'
import { announceRefusal, CLOSING, type DispatcherRefusal, HANDLER_FAILED, noRoute, PIPELINED, responseOf, UNDECIDED, WITH_BODY } from './refusal.js'
import { announcesBody, pathOf } from './request-head.js'
import { afterResponses, hasUnfinishedResponse } from './unfinished-responses.js'
import type { UpgradeServer } from './upgrade-server.js'

/** True: claimed; it may go on working asynchronously. False: not mine. */
export interface UpgradeHandler {
  (upgrade: PendingUpgrade): boolean
}

export interface DispatchOptions {
  /** True keeps a request away from this framework and its middleware. @default nothing is kept away */
  ignore?(request: IncomingMessage): boolean
  /** Hears what the framework threw, rejected with or passed to `done`; the peer gets a status only. @default to stderr */
  onError?(error: unknown, request: IncomingMessage): void
}

interface Framework {
  readonly handler: RequestHandler
  readonly options: DispatchOptions
  /** How many have brought it and not taken it off again. */
  holders: number
}

export interface ChainContext {
  readonly server: UpgradeServer
  readonly foreign: ForeignListeners
  readonly scheduler: Scheduler
  readonly admission: Admission
  readonly handshakeTimeout: number
  /** Everything ends: whatever a framework would say, it is not asked any more. */
  isRefusing(): boolean
}

export class UpgradeChain {
  readonly #context: ChainContext
  readonly #handlers = new Map<string | undefined, UpgradeHandler>()
  readonly #frameworks = new Set<Framework>()
  readonly #pending = new Set<Seat<Upgrade>>()

  constructor(context: ChainContext) {
    this.#context = context
  }

  addHandler(path: string | undefined, handler: UpgradeHandler): () => void {
    if (this.#handlers.has(path)) {
      throw new UsageError('WS_ERR_PATH_TAKEN', `Something else is attached to ${path ?? 'every path'} of this server already`)
    }
    this.#handlers.set(path, handler)
    return () => {
      if (this.#handlers.get(path) === handler) this.#handlers.delete(path)
    }
  }

  /** The same handler again is the same framework: it is asked once, with the options that came first. */
  addFramework(handler: RequestHandler, options: DispatchOptions): () => void {
    const framework = [...this.#frameworks].find((known) => known.handler === handler) ?? { handler, options, holders: 0 }
    this.#frameworks.add(framework)
    framework.holders++
    let isHeld = true
    return () => {
      if (isHeld && --framework.holders === 0) this.#frameworks.delete(framework)
      isHeld = false
    }
  }

  run(arrival: Arrival): void {
    const raw = rawSocketOf(arrival)
    const { server, admission, scheduler } = this.#context
    const upgrade = new Upgrade(arrival, server, scheduler)
    if (hasUnfinishedResponse(raw)) {
      this.#wait(upgrade)
      return afterResponses(raw, () => this.#followResponses(upgrade))
    }
    if (!isWebSocketUpgrade(arrival.request)) return this.#offerOtherProtocol(upgrade)
    if (!admission.admit(arrival)) return farewell(arrival.socket, serializeResponse(TOO_MANY), scheduler)
    upgrade.onOver(this.#settle)
    this.#ask(upgrade)
  }

  readonly #settle = (): void => this.#context.admission.settled()
  readonly #forget = (upgrade: Upgrade): void => {
    this.#pending.delete(upgrade[SEAT])
    upgrade[SEAT].vacate()
  }

  /** What is not decided in the tick that brought it has to be watched. */
  #wait(upgrade: Upgrade): void {
    upgrade.guard()
    this.#pending.add(upgrade[SEAT])
    upgrade.onOver(this.#forget)
  }

  #ask(upgrade: Upgrade): void {
    const isTaken = this.#askHandlers(upgrade)
    if (!upgrade.isOpen) return
    this.#wait(upgrade)
    if (!isTaken) this.#askFrameworks(upgrade)
    upgrade.watch(this.#context.handshakeTimeout, () => this.#onTimeout(upgrade))
  }

  #onTimeout(upgrade: Upgrade): void {
    const { limit } = diagnostics
    const { remoteAddress } = (upgrade.request.socket ?? {}) as { readonly remoteAddress?: string }
    if (limit.hasSubscribers) limit.publish({ limit: 'handshakeTimeout', action: 'refuse', connection: undefined, remoteAddress })
    this.#expire(upgrade, UNDECIDED)
  }

  /** Nobody is waited for any longer. */
  expireAll(): void {
    for (const { member } of this.#pending) this.#expire(member!, CLOSING)
  }

  /** Of one that is claimed its endpoint tells. */
  #expire(upgrade: Upgrade, refusal: DispatcherRefusal): void {
    if (!upgrade.isGone && !upgrade.isClaimed) announceRefusal(upgrade.request, refusal)
    upgrade.expire(responseOf(refusal))
  }

  #askHandlers(upgrade: Upgrade): boolean {
    try {
      return this.#askHandler(upgrade, this.#handlers.get(pathOf(upgrade.request))) || this.#askHandler(upgrade, this.#handlers.get(undefined))
    } catch (error) {
      report(error)
      this.#expire(upgrade, HANDLER_FAILED)
      return true
    }
  }

  #askHandler(upgrade: Upgrade, handler: UpgradeHandler | undefined): boolean {
    const isMine = handler?.(upgrade) === true
    if (isMine && !upgrade.isClaimed) upgrade.claim()
    return isMine || upgrade.isClaimed || upgrade.isGone
  }

  #askFrameworks(upgrade: Upgrade): void {
    const { request } = upgrade
    // The versions of Node disagree on what a body of an upgrade is, and middleware might wait for it for ever
    if (announcesBody(request)) return this.#offerToForeign(upgrade, WITH_BODY)
    if (this.#context.isRefusing()) return this.#offerToForeign(upgrade, CLOSING)
    try {
      this.#askNext(upgrade, [...this.#frameworks].filter(({ options }) => options.ignore?.(request) !== true), undefined)
    } catch (error) {
      report(error)
      this.#expire(upgrade, HANDLER_FAILED)
    }
  }

  #askNext(upgrade: Upgrade, frameworks: readonly Framework[], kept: Buffer | undefined): void {
    if (upgrade.isGone) return
    const [framework, ...rest] = frameworks
    if (!framework) return this.#offerToForeign(upgrade, noRoute(kept && statusOf(kept)), kept)
    const { handler, options } = framework
    const attempt = new FrameworkAttempt(upgrade, {
      handler,
      isLast: () => rest.length === 0 && kept === undefined && this.#context.foreign.count === 0,
      next: (answer) => this.#askNext(upgrade, rest, kept ?? answer),
      report: (error) => reportTo(options, error, upgrade.request),
      stallTimeout: this.#context.handshakeTimeout,
    })
    attempt.run()
  }

  #offerToForeign(upgrade: Upgrade, refusal: DispatcherRefusal, answer = responseOf(refusal)): void {
    this.#release(upgrade, () => {
      announceRefusal(upgrade.request, refusal)
      farewell(upgrade.socket, answer, this.#context.scheduler)
    })
  }

  #offerOtherProtocol(upgrade: Upgrade): void {
    const { server, scheduler } = this.#context
    this.#release(upgrade, (head) => {
      const { request, socket } = upgrade
      if (canRedispatch(server, request)) redispatchAsPlain(server, { request, socket, head })
      else farewell(socket, responseOf({ status: 400 }), scheduler)
    })
  }

  /** `nobody` runs at once when there is no foreign listener, and at the deadline when none has reacted. */
  #release(upgrade: Upgrade, nobody: (head: Buffer) => void): void {
    const { foreign, scheduler, handshakeTimeout } = this.#context
    const head = upgrade.release()
    if (!head) return
    if (foreign.count === 0) return nobody(head)
    const { request, socket } = upgrade
    foreign.offer({ request, socket, head }, { limit: handshakeTimeout, scheduler, act: () => nobody(head) })
  }

  // An upgrade in a pipeline: no client for WebSockets does that, and half of Node's bookkeeping for this connection is gone
  #followResponses(upgrade: Upgrade): void {
    const isPlain = !isWebSocketUpgrade(upgrade.request) && this.#context.foreign.count === 0
    if (isPlain) return this.#offerOtherProtocol(upgrade)
    announceRefusal(upgrade.request, PIPELINED)
    upgrade.refuse(responseOf(PIPELINED))
  }
}

function report(error: unknown): void {
  process.stderr.write(`${describeError(error)}\n`)
}

/** To whom the application wants it reported; what fails there is reported as well. */
function reportTo({ onError = report }: DispatchOptions, error: unknown, request: IncomingMessage): void {
  try {
    onError(error, request)
  } catch (later) {
    report(error)
    report(later)
  }
}

/** Of a response that begins with a status line. */
function statusOf(response: Buffer): number {
  return Number(response.toString('latin1', 9, 12))
}
