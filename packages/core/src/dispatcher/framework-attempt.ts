// One framework being asked for one upgrade: it runs with a real ServerResponse over a sink, and what it does with that response decides.
// It must not know which framework that is, nor who is asked next.
import { ServerResponse, type IncomingMessage } from 'node:http'
import { passableHeaders, serializeResponse } from '../handshake/response.js'
import { UsageError } from '../protocol/errors.js'
import { KeptAnswer } from './kept-answer.js'
import { rawSocketOf, type Upgrade } from './pending-upgrade.js'
import { announceRefusal, FRAMEWORK_FAILED, noRoute, refusedByFramework } from './refusal.js'
import type { ResponseHead } from './response-head.js'
import { ResponseSink, type ResponseWriter } from './response-sink.js'
import { exposeRoutedUpgrade, hideRoutedUpgrade, type RouteOwner, RouteOfUpgrade } from './routed-upgrade.js'

/** A framework: `done()` means that no route of it matched, `done(error)` that one failed. A promise that rejects counts as the latter. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, done: (error?: unknown) => void) => unknown

export interface AttemptContext {
  readonly handler: RequestHandler
  /** Nobody would be asked after this one, and no answer is kept yet: then even "not mine" may go out as it comes. */
  isLast(): boolean
  /** "Not mine", with the answer that came with it. */
  next(answer: Buffer | undefined): void
  report(error: unknown): void
  /** How long the peer may accept nothing of an answer, in ms. */
  readonly stallTimeout: number
}

/**
 * undecided: no response head yet. keeping: "not mine", its answer is kept. answering: the response goes to the peer.
 * switching: a route upgrades. over: this framework has nothing to say any more.
 */
type Phase = 'undecided' | 'keeping' | 'answering' | 'switching' | 'over'

export class FrameworkAttempt implements RouteOwner {
  readonly #upgrade: Upgrade
  readonly #context: AttemptContext
  readonly #sink: ResponseSink
  readonly #response: ServerResponse
  readonly #kept = new KeptAnswer()
  readonly #url: string | undefined
  #phase: Phase = 'undecided'
  #switchHead = ''
  #onSwitched: (lines: [string, string][] | null) => void = () => {}

  constructor(upgrade: Upgrade, context: AttemptContext) {
    this.#upgrade = upgrade
    this.#context = context
    this.#url = upgrade.request.url
    this.#sink = new ResponseSink(rawSocketOf(upgrade), (head) => this.#judge(head))
    this.#response = new ServerResponse(upgrade.request)
    this.#connectResponse()
  }

  run(): void {
    const { request } = this.#upgrade
    this.#upgrade.onOver(() => this.#close())
    exposeRoutedUpgrade(request, new RouteOfUpgrade(this.#upgrade, this))
    try {
      const result = this.#context.handler(request, this.#response, this.#done)
      if (isThenable(result)) result.then(undefined, this.#fail)
    } catch (error) {
      this.#fail(error)
    }
  }

  // Never the raw socket: behind an unfinished earlier response that throws, and a late write would land among the frames
  #connectResponse(): void {
    const [response, sink] = [this.#response, this.#sink]
    response.shouldKeepAlive = false
    response.assignSocket(sink as unknown as Parameters<ServerResponse['assignSocket']>[0])
    // With a socket of its own, Node's server would pass `drain` on
    sink.on('drain', () => response.emit('drain'))
    response.on('finish', () => this.#finish())
    // `response.destroy()` destroys what it writes to, and with a plain request that is the socket
    sink.on('close', () => {
      if (this.#phase !== 'over') this.#upgrade.destroy()
    })
  }

  readonly #done = (error?: unknown): void => {
    if (error) return this.#fail(error)
    // A claimed upgrade is not for others, and a response that has begun says more than `done()`
    if (this.#phase === 'undecided' && !this.#upgrade.isClaimed) this.#giveUp(undefined)
  }

  readonly #fail = (error: unknown): void => {
    // `next(createError(404))` at the end of an application says: no route
    if (statusOf(error) !== 404) this.#context.report(error)
    if (this.#phase === 'over') return
    // Half an answer is out: only the end of the connection can tell the peer that it is not whole
    if (this.#phase === 'answering') return this.#upgrade.destroy()
    if (this.#phase === 'undecided' && !this.#upgrade.isClaimed && !this.#response.headersSent) this.#answerError(error)
    else this.#expire(statusOf(error))
  }

  #expire(status: number): void {
    const { isClaimed, isGone, request } = this.#upgrade
    if (!isClaimed && !isGone) announceRefusal(request, { status, ...FRAMEWORK_FAILED })
    this.#upgrade.expire(serializeResponse({ status }))
  }

  // Through the response, so that what hooks into it (loggers, sessions) sees the end of it. Never with the error's text (SECURITY.md)
  #answerError(error: unknown): void {
    const response = this.#response
    try {
      for (const name of response.getHeaderNames()) response.removeHeader(name)
      response.statusCode = statusOf(error)
      for (const [name, value] of headersOf(error)) response.setHeader(name, value)
      response.end()
    } catch (later) {
      this.#context.report(later)
      this.#expire(500)
    }
  }

  #judge(head: ResponseHead): ResponseWriter | undefined {
    if (this.#phase === 'switching' && head.status === 101) {
      this.#switchHead = head.text
      return undefined
    }
    if (head.status === 101) {
      this.#fail(new UsageError('WS_ERR_NOT_SWITCHING', 'A 101 was written by hand: use endpoint.upgrade(request, response) to upgrade'))
      return undefined
    }
    if (this.#phase === 'undecided' && isNotMine(head.status) && !this.#upgrade.isClaimed && !this.#context.isLast()) {
      this.#phase = 'keeping'
      return this.#keep
    }
    return this.#answer(head)
  }

  readonly #keep: ResponseWriter = (chunk, done) => {
    if (this.#phase === 'keeping' && !this.#kept.add(chunk)) this.#giveUp(undefined)
    done()
  }

  // A refusal, or the last word when nobody else is left: it goes to the peer as it comes, at the peer's speed
  #answer({ status }: ResponseHead): ResponseWriter | undefined {
    const onSwitched = this.#onSwitched
    const { isClaimed, isGone, request } = this.#upgrade
    if (!isClaimed && !isGone) announceRefusal(request, isNotMine(status) ? noRoute(status) : refusedByFramework(status))
    if (!this.#upgrade.beginAnswer()) return undefined
    this.#phase = 'answering'
    onSwitched(null)
    return (chunk, done) => this.#upgrade.writeAnswer(chunk, done, this.#context.stallTimeout)
  }

  #finish(): void {
    if (this.#phase === 'keeping') this.#giveUp(this.#kept.toBuffer())
    else if (this.#phase === 'answering') this.#upgrade.endAnswer()
    else if (this.#phase === 'switching') this.#onSwitched(passableHeaders(this.#switchHead))
    // Later: a stream that is destroyed while it tells of its last write makes an error, with its stack, that nobody sees
    if (this.#end()) process.nextTick(destroy, this.#sink)
  }

  #giveUp(answer: Buffer | undefined): void {
    hideRoutedUpgrade(this.#upgrade.request)
    // A framework may have rewritten it for its own routes
    this.#upgrade.request.url = this.#url
    this.#close()
    this.#context.next(answer)
  }

  /** The response hears `close`, as it does from Node when its socket closes. */
  #close(): void {
    if (this.#end()) this.#sink.destroy()
  }

  /** @returns false when it was over already */
  #end(): boolean {
    if (this.isOver) return false
    this.#phase = 'over'
    this.#onSwitched(null)
    return true
  }

  get isOver(): boolean {
    return this.#phase === 'over'
  }

  leaveToOthers(): boolean {
    const hasBegun = this.#phase !== 'undecided' || this.#response.headersSent
    if (hasBegun || this.#upgrade.isClaimed || this.#context.isLast()) return false
    this.#giveUp(undefined)
    return true
  }

  async switchProtocols(response: ServerResponse, lead = () => leadPlainly(response)): Promise<[string, string][] | null> {
    if (response !== this.#response) {
      throw new UsageError('WS_ERR_FOREIGN_RESPONSE', 'This response does not belong to the request that is being upgraded')
    }
    if (this.#upgrade.isGone || this.#phase === 'over') return null
    if (response.headersSent) {
      throw new UsageError('WS_ERR_HEADERS_SENT', 'The response was begun before the upgrade: it can only be one of them')
    }
    this.#phase = 'switching'
    const lines = new Promise<[string, string][] | null>((resolve) => { this.#onSwitched = resolve })
    lead()
    return await lines
  }
}

function destroy(sink: ResponseSink): void {
  sink.destroy()
}

function leadPlainly(response: ServerResponse): void {
  response.writeHead(101)
  response.end()
}

/** No route, or a catch-all such as the fallback page of a single-page app: neither meant this upgrade. */
function isNotMine(status: number): boolean {
  return status === 404 || (status >= 200 && status < 400)
}

// Middleware fails with a status of its own (`createError(401)`, HandshakeError), and fields that belong to it, such as WWW-Authenticate
function headersOf(error: unknown): [string, string | number | readonly string[]][] {
  const { headers } = Object(error) as { headers?: Record<string, string | number | readonly string[]> }
  return statusOf(error) === 500 ? [] : Object.entries(headers ?? {})
}

function statusOf(error: unknown): number {
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown }
  const own = status ?? statusCode
  return typeof own === 'number' && Number.isInteger(own) && own >= 400 && own < 600 ? own : 500
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
