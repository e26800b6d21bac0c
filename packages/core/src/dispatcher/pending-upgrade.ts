// One upgrade from Node's `upgrade` event until somebody has the socket, the peer has an answer, or the peer is gone. The only place
// that moves its state and puts listeners on the raw socket. It must not know who is asked about it, or in which order.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Seat, SEAT, type Seated } from '../connection/seat.js'
import { UsageError } from '../protocol/errors.js'
import { Deadline, type Scheduler } from './deadline.js'
import { EarlyData } from './early-data.js'
import { farewell, guard, ignoreError } from './farewell.js'
import { announceRefusal, PEER_GONE } from './refusal.js'
import type { UpgradeServer } from './upgrade-server.js'

/** One upgrade until somebody has its socket. An error listener is on the socket whenever an event could come. */
export interface PendingUpgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly server: UpgradeServer
  /** Nothing is left to decide: FIN, RST or destroy was seen, or it was answered, or given to a foreign listener. */
  readonly isGone: boolean
  readonly isClaimed: boolean
  /**
   * From now on nobody else is asked, and every deadline is the claimer's own business. The socket's idle timeout and Nagle's algorithm are
   * switched off. Does nothing when the upgrade is gone.
   * @throws UsageError `WS_ERR_ALREADY_UPGRADED` when it was claimed before
   */
  claim(): void
  /** `listener` runs at most once, when the peer goes away (or the dispatcher gave up on it) before the upgrade was taken or refused. */
  onGone(listener: () => void): void
  /** Sends a whole HTTP response and ends; the socket is destroyed when the peer does not close within a second. Does nothing when gone. */
  refuse(response: Buffer): void
  /**
   * Hands over the socket not flowing and without our listeners, as Node hands it over; only the one that counts connections stays, on
   * `close`. The caller adds its own in the same tick.
   * @returns the bytes that came behind the request, Node's `head` first
   * @throws UsageError `WS_ERR_UPGRADE_GONE` when there is no socket left to take
   */
  take(): Buffer
}

/**
 * waiting: being asked for. claimed: somebody works on it. answering: a response is being streamed. answered: the response is complete.
 * released: with the foreign listeners. taken: with the claimer. gone: the socket is closed, or about to be.
 */
type UpgradeState = 'waiting' | 'claimed' | 'answering' | 'answered' | 'released' | 'taken' | 'gone'

/** What Node's `upgrade` event brings. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

export class Upgrade implements PendingUpgrade, Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly server: UpgradeServer
  readonly #scheduler: Scheduler
  readonly #head: Buffer
  readonly #overListeners: ((upgrade: Upgrade) => void)[] = []
  #goneListeners: (() => void)[] = []
  #state: UpgradeState = 'waiting'
  // What only something asynchronous needs: most upgrades are decided in the tick that brought them
  #isGuarded = false
  #early: EarlyData | undefined
  #deadline: Deadline | undefined
  #onDue: () => void = () => {}

  constructor(arrival: Arrival, server: UpgradeServer, scheduler: Scheduler) {
    this.request = arrival.request
    this.socket = arrival.socket
    this.server = server
    this.#head = arrival.head
    this.#scheduler = scheduler
  }

  get isGone(): boolean {
    return !this.isOpen && this.#state !== 'taken'
  }

  get isClaimed(): boolean {
    return this.#state === 'claimed' || this.#state === 'taken'
  }

  /** The dispatcher's own: nobody has the socket yet, and no answer has begun. */
  get isOpen(): boolean {
    return this.#state === 'waiting' || this.#state === 'claimed'
  }

  claim(): void {
    if (this.isClaimed || this.#state === 'released') {
      throw new UsageError('WS_ERR_ALREADY_UPGRADED', 'This request is upgraded already: an upgrade can be claimed once')
    }
    if (this.#state !== 'waiting') return
    this.#state = 'claimed'
    this.#deadline?.cancel()
    const raw = rawSocketOf(this)
    raw.setTimeout?.(0)
    raw.setNoDelay?.(true)
  }

  onGone(listener: () => void): void {
    this.#goneListeners.push(listener)
  }

  refuse(response: Buffer): void {
    if (!this.isOpen) return
    this.#leave('answered')
    this.#sendOff(response)
  }

  take(): Buffer {
    if (!this.isOpen) throw new UsageError('WS_ERR_UPGRADE_GONE', 'This upgrade is over: there is no socket left to take')
    const head = this.#leave('taken')
    if (this.#isGuarded) this.socket.off('close', this.#lose).off('error', ignoreError)
    return head
  }

  // What follows is the dispatcher's own; holders of a PendingUpgrade do not see it.

  /** `listener` runs once, when nobody has to work on this any more: it was taken, answered or released, or the peer is gone. */
  onOver(listener: (upgrade: Upgrade) => void): void {
    this.#overListeners.push(listener)
  }

  /** Somebody is waited for: from now on errors of the socket are caught, and its end is noticed. */
  guard(): void {
    if (this.#isGuarded) return
    this.#isGuarded = true
    guard(this.socket)
    this.socket.on('close', this.#lose)
  }

  /** While something asynchronous works: reads early data, and runs `onDue` when nobody claims the upgrade within `limit` ms. */
  watch(limit: number, onDue: () => void): void {
    if (!this.isOpen) return
    this.guard()
    this.#early ??= new EarlyData(this.socket, this.#lose)
    this.#early.start()
    if (this.#state === 'waiting') this.#limit(limit, onDue)
  }

  /** Gives the socket to the foreign listeners: everything but the error guard is taken off. Undefined when nobody is there any more. */
  release(): Buffer | undefined {
    if (this.#state !== 'waiting') return undefined
    this.guard()
    this.socket.off('close', this.#lose)
    return this.#leave('released')
  }

  /** The dispatcher gives up: whoever still works on it hears that it is gone, the peer gets `response`. */
  expire(response: Buffer): void {
    if (!this.isOpen) return
    const listeners = this.#goneListeners
    this.refuse(response)
    for (const listener of listeners) listener()
  }

  /** A response is going to be streamed; false when nobody is there to read it. */
  beginAnswer(): boolean {
    if (!this.isOpen) return false
    this.guard()
    this.#early?.stop(this.#head)
    this.#state = 'answering'
    this.socket.resume()
    return true
  }

  /** A piece of the streamed response; `done` when the peer has accepted it. A peer that accepts nothing for `limit` ms is cut off. */
  writeAnswer(chunk: Buffer, done: () => void, limit: number): void {
    if (this.#state !== 'answering') return done()
    this.#limit(limit, () => this.destroy())
    this.socket.write(chunk, () => {
      this.#deadline?.cancel()
      done()
    })
  }

  /** The streamed response is complete. */
  endAnswer(): void {
    if (this.#state !== 'answering') return
    this.#leave('answered')
    this.#sendOff(undefined)
  }

  destroy(): void {
    this.socket.destroy()
    this.#lose()
  }

  #limit(ms: number, onDue: () => void): void {
    this.#onDue = onDue
    this.#deadline ??= new Deadline(this.#scheduler, () => this.#onDue())
    this.#deadline.start(ms)
  }

  #sendOff(response: Buffer | undefined): void {
    this.socket.off('close', this.#lose)
    farewell(this.socket, response, this.#scheduler)
  }

  // FIN counts as gone: a peer that will not send another byte cannot open a WebSocket, and Node drops a half-open HTTP client as well
  readonly #lose = (): void => {
    if (!this.isOpen && this.#state !== 'answering') return
    if (this.#state === 'waiting') announceRefusal(this.request, PEER_GONE)
    const listeners = this.#goneListeners
    this.#leave('gone')
    this.socket.destroy()
    // As Node does for a plain request: it is `aborted` and closes, whoever listens to that
    this.request.destroy()
    for (const listener of listeners) listener()
  }

  #leave(state: UpgradeState): Buffer {
    this.#state = state
    this.#deadline?.cancel()
    this.#goneListeners = []
    const head = this.#early === undefined ? this.#head : this.#early.stop(this.#head)
    for (const listener of this.#overListeners) listener(this)
    return head
  }
}

/** The TCP or TLS socket below; Node 26 hands over a wrapper around it when the request announces a body. */
export function rawSocketOf({ request, socket }: { request: IncomingMessage; socket: Duplex }): Partial<Socket> & Duplex {
  return request.socket ?? socket
}
