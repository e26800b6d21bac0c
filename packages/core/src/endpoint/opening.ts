// One opening handshake from the claimed upgrade to the connection, or to a refusal (RFC 6455 §4.2.2): checks, decision,
// deadline, 101. What a connection then does is not its business.
import type { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { releaseContexts, reserveContexts } from '../compression/compression.js'
import { type Agreement, negotiateCompression } from '../compression/negotiation.js'
import type { Connection } from '../connection/connection.js'
import { Seat, SEAT, type Seated } from '../connection/seat.js'
import { diagnostics } from '../diagnostics.js'
import { Deadline } from '../dispatcher/deadline.js'
import type { RequestView } from '../handshake/origin.js'
import { type OpeningHandshake, parseOpeningHandshake } from '../handshake/request.js'
import { type HttpResponse, type ResponseHeaders, type SwitchingProtocols, serializeSwitchingProtocols } from '../handshake/response.js'
import { chooseSubprotocol, requireOffered } from '../handshake/subprotocol.js'
import { HandshakeError, messageOf, WebSocketError } from '../protocol/errors.js'
import type { Answer, FieldPairs } from './answer.js'
import { Decision, type AcceptOptions, type Outcome } from './decision.js'
import type { Refusal } from './events.js'
import { Handshake } from './handshake.js'
import { isPromise } from './handlers.js'
import type { ResolvedOptions } from './options.js'
import { forbiddenHost, forbiddenOrigin, noDecision, timedOut } from './refusing.js'

/** What the handshake led to: everything a connection is made of. */
export interface Opened<Data> {
  readonly request: IncomingMessage
  readonly stream: Answer['upgrade']['socket']
  readonly server: object
  readonly data: Data
  readonly subprotocol: string
  readonly compression: Agreement | undefined
  readonly remoteAddress: string | undefined
  /** By default a new one. */
  readonly id: string | undefined
  /** The 101. */
  readonly response: Buffer
  /** Frames that came in the handshake's own segment. */
  readonly early: Buffer
  readonly firesOpen: boolean
}

export interface OpeningOwner<Data> {
  readonly options: ResolvedOptions<Data>
  /** Throws when nobody may come in now. */
  assertOpen(answer: Answer): void
  onOpened(opened: Opened<Data>): Connection<Data>
  onRefused(request: IncomingMessage, refusal: Refusal): void
  /** The application's fault: a hook threw, or was used wrongly. */
  onFault(error: unknown): void
  warnOfOrigin(request: IncomingMessage, view: RequestView): void
  /** It waits for a hook or a framework. */
  onPending(opening: Opening<Data>): void
  /** Over, one way or the other. */
  onOver(opening: Opening<Data>): void
}

/** Whoever waits for the connection of one upgrade, and the id that was promised to them. */
export interface Expectation<Data> {
  readonly id: string | undefined
  /** Null: it was refused, or the peer has gone. */
  resolve(connection: Connection<Data> | null): void
}

/** What the peer hears of our own faults. */
const PLAIN_ERROR: HttpResponse = { status: 500 }

export class Opening<Data> implements Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly #owner: OpeningOwner<Data>
  readonly #answer: Answer
  readonly #view: RequestView
  readonly #expectation: Expectation<Data> | undefined
  /** Made when something is waited for. */
  #deadline: Deadline | undefined
  #abortController: AbortController | undefined
  #isOver = false

  constructor(owner: OpeningOwner<Data>, init: { answer: Answer; view: RequestView; expectation?: Expectation<Data> | undefined }) {
    this.#owner = owner
    this.#answer = init.answer
    this.#view = init.view
    this.#expectation = init.expectation
  }

  #onTimeout(): void {
    const { limit } = diagnostics
    const { remoteAddress } = this.#view
    if (limit.hasSubscribers) limit.publish({ limit: 'handshakeTimeout', action: 'refuse', connection: undefined, remoteAddress })
    this.refuse(timedOut())
  }

  /** Runs it; every outcome ends in the owner. */
  run(decide: (handshake: Handshake) => Decision<Data> | Promise<Decision<Data>>): void {
    this.#try(() => {
      this.#owner.assertOpen(this.#answer)
      const opening = parseOpeningHandshake(this.#answer.upgrade.request)
      this.#checkOrigin()
      const decision: unknown = decide(this.#handshakeOf(opening))
      if (isPromise(decision)) this.#await(decision, (settled) => this.#follow(settled, opening))
      else this.#follow(decision, opening)
    })
  }

  #await<Value>(promise: Promise<Value>, step: (value: Value) => void): void {
    if (this.#deadline === undefined) {
      this.#deadline = new Deadline(this.#owner.options.runtime, () => this.#onTimeout())
      this.#answer.upgrade.onGone(() => this.#onGone())
      this.#owner.onPending(this)
    }
    this.#deadline.start(this.#owner.options.handshakeTimeout)
    promise.then((value) => this.#try(() => step(value)), (error: unknown) => this.refuse(error))
  }

  #try(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.refuse(error)
    }
  }

  /** RFC 6455 §4.2.2(4), /origin/: a server that does not want this page to connect answers 403. */
  #checkOrigin(): void {
    const { options } = this.#owner
    const { request } = this.#answer.upgrade
    if (!options.isHostAllowed(this.#view.host)) throw forbiddenHost()
    if (options.isOriginAllowed(request.headers.origin, this.#view, request)) return
    this.#owner.warnOfOrigin(request, this.#view)
    throw forbiddenOrigin()
  }

  #handshakeOf({ subprotocols }: OpeningHandshake): Handshake {
    const { request } = this.#answer.upgrade
    return new Handshake({ request, subprotocols, view: this.#view, signalOf: () => this.#signal })
  }

  get #signal(): AbortSignal {
    return (this.#abortController ??= new AbortController()).signal
  }

  #follow(decision: unknown, opening: OpeningHandshake): void {
    if (this.#isOver) return
    if (!(decision instanceof Decision)) throw noDecision()
    const outcome = decision.outcome as Outcome<Data>
    if (outcome.kind === 'refuse') return this.#refuseAs(outcome)
    this.#owner.assertOpen(this.#answer)
    const fields = this.#answer.switchingProtocols()
    if (isPromise(fields)) this.#await(fields, (settled) => this.#open(outcome, opening, settled))
    else this.#open(outcome, opening, fields)
  }

  #open(outcome: Outcome<Data> & { kind: 'accept' }, opening: OpeningHandshake, fields: FieldPairs | null): void {
    if (this.#isOver) return
    if (fields === null) return this.#onNotSwitched()
    const subprotocol = this.#subprotocolFor(outcome.options, opening)
    const headers = headersOf(fields, outcome.options)
    const { upgrade } = this.#answer
    const { compression, response } = this.#agree(opening, { subprotocol, headers })
    const early = upgrade.take()
    this.#end({ isDecided: true })
    const connection = this.#owner.onOpened({
      request: upgrade.request,
      stream: upgrade.socket,
      server: upgrade.server,
      data: outcome.data,
      subprotocol: subprotocol ?? '',
      compression,
      remoteAddress: this.#view.remoteAddress,
      id: this.#expectation?.id,
      response,
      early,
      firesOpen: outcome.firesOpen,
    })
    this.#expectation?.resolve(connection)
  }

  /** The last step that can fail: what it reserves belongs to the connection. */
  #agree({ key, extensions: offers }: OpeningHandshake, { subprotocol, headers }: Pick<SwitchingProtocols, 'subprotocol' | 'headers'>): { compression: Agreement | undefined; response: Buffer } {
    const { compression: policy, runtime } = this.#owner.options
    const compression = policy && negotiateCompression(offers, policy, (parameters) => reserveContexts(runtime.zlib, parameters, policy))
    if (compression === undefined) return { compression, response: serializeSwitchingProtocols({ key, subprotocol, headers }) }
    try {
      return { compression, response: serializeSwitchingProtocols({ key, subprotocol, headers, extensions: [compression.extension] }) }
    } catch (error) {
      releaseContexts(runtime.zlib, compression.parameters, policy!)
      throw error
    }
  }

  #subprotocolFor({ subprotocol }: AcceptOptions, { subprotocols: offered }: OpeningHandshake): string | undefined {
    if (subprotocol !== undefined) return requireOffered(subprotocol, offered)
    const { request } = this.#answer.upgrade
    return chooseSubprotocol(this.#owner.options.subprotocols, { offered, request })
  }

  /** Refuses for a reason: a HandshakeError answers as it says, anything else is the application's fault and answers 500. */
  refuse(error: unknown): void {
    if (this.#isOver) return
    const response = error instanceof HandshakeError ? { status: error.status, headers: error.headers } : PLAIN_ERROR
    const code = error instanceof WebSocketError ? error.code : 'WS_ERR_UPGRADE_FAILED'
    const isPeersFault = error instanceof HandshakeError
    this.#finish(response, { code, reason: messageOf(error), error: isPeersFault ? undefined : error })
    if (!isPeersFault) this.#owner.onFault(error)
  }

  #refuseAs({ status, options }: Outcome<Data> & { kind: 'refuse' }): void {
    this.#finish({ status, ...options }, { code: 'WS_REFUSED', reason: 'the upgrade hook refused', error: undefined })
  }

  #finish(response: HttpResponse, refusal: Omit<Refusal, 'status'>): void {
    try {
      this.#answer.refuse(response)
    } catch (error) {
      if (response === PLAIN_ERROR) throw error
      return this.refuse(error) // the response itself was wrong, such as a header with a line break
    }
    this.#endRefused({ status: response.status, ...refusal }, { isDecided: refusal.code === 'WS_REFUSED' })
  }

  #onNotSwitched(): void {
    const { statusInstead: status } = this.#answer
    if (status === undefined) return this.#onGone()
    this.#endRefused({ status, code: 'WS_REFUSED', reason: 'a hook of the framework answered instead of the 101', error: undefined }, { isDecided: true })
  }

  #onGone(): void {
    if (this.#isOver) return
    this.#endRefused({ status: 0, code: 'WS_ERR_PEER_GONE', reason: 'the peer went away during the handshake', error: undefined }, { isDecided: false })
  }

  #endRefused(refusal: Refusal, how: { isDecided: boolean }): void {
    this.#end(how)
    this.#owner.onRefused(this.#answer.upgrade.request, refusal)
    this.#expectation?.resolve(null)
  }

  /** The signal tells a hook that its decision does not matter any more, not that it has decided. */
  #end({ isDecided }: { isDecided: boolean }): void {
    this.#isOver = true
    this.#deadline?.cancel()
    if (!isDecided) this.#abortController?.abort()
    this.#owner.onOver(this)
  }
}

/** Those of a framework's hooks, and those of the decision. */
function headersOf(fields: FieldPairs, { headers }: AcceptOptions): ResponseHeaders {
  if (headers === undefined) return fields
  return [...fields, ...(Symbol.iterator in headers ? headers : Object.entries(headers))]
}
