// What an `upgrade` hook is handed: the request, what was offered, and the three ways to decide.
import type { IncomingMessage } from 'node:http'
import type { RequestView } from '../handshake/origin.js'
import { type ResponseHeaders } from '../handshake/response.js'
import { type AcceptOptions, Decision, type OwnResponse, type RejectOptions } from './decision.js'

/** One opening handshake that has passed the checks of RFC 6455 §4.2.1 and of Origin, and waits for a decision. */
export class Handshake {
  readonly request: IncomingMessage
  /** Offered by the client, in its order of preference. */
  readonly subprotocols: readonly string[]
  /** How the peer, or a trusted proxy before it, sees this server: protocol, host, remote address. */
  readonly view: RequestView
  readonly #signalOf: () => AbortSignal

  /** @internal */
  constructor(init: { request: IncomingMessage; subprotocols: readonly string[]; view: RequestView; signalOf: () => AbortSignal }) {
    this.request = init.request
    this.subprotocols = init.subprotocols
    this.view = init.view
    this.#signalOf = init.signalOf
  }

  /** Aborts when the handshake is over without this hook's decision: the peer went away, or the deadline has passed. */
  get signal(): AbortSignal {
    return this.#signalOf()
  }

  /** The peer's address: the socket's, or what a trusted proxy says. */
  get remoteAddress(): string | undefined {
    return this.view.remoteAddress
  }

  /** Establishes the connection. @param data becomes `connection.data` */
  accept(): Decision<undefined>
  accept<Data>(data: Data, options?: AcceptOptions): Decision<Data>
  accept<Data>(data?: Data, options: AcceptOptions = {}): Decision<Data | undefined> {
    return new Decision({ kind: 'accept', data, options, firesOpen: true })
  }

  /** Refuses with a complete HTTP response. @param status 300 to 599 */
  reject(status: number, options: RejectOptions = {}): Decision<never> {
    return new Decision<never>({ kind: 'refuse', status, options })
  }

  /**
   * Answers with a response of the application's own. Status 101 establishes the connection; `open` is not fired, and a
   * greeting may come later. Anything else refuses. The fields of the handshake itself are filled in, whatever is given.
   */
  respond<Data = undefined>(response: OwnResponse<Data>): Decision<Data> {
    const { status, headers = {}, body } = response
    if (status !== 101) return new Decision<Data>({ kind: 'refuse', status, options: body === undefined ? { headers } : { headers, body } })
    return new Decision({ kind: 'accept', data: response.data as Data, options: ownAcceptance(headers), firesOpen: false })
  }
}

/** An application that writes its own 101 may have written our part of it as well. */
function ownAcceptance(headers: ResponseHeaders): AcceptOptions {
  const lines = Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  const own = lines.filter(([name]) => !/^(upgrade|connection|sec-websocket-.*)$/i.test(name))
  const subprotocol = lines.find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1]
  return subprotocol === undefined ? { headers: own } : { headers: own, subprotocol: String(subprotocol) }
}
