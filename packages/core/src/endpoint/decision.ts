// What an `upgrade` hook decided about one handshake. Values only: who acts on them is opening.ts.
import type { ResponseBody } from '../handshake/response-body.js'
import type { ResponseHeaders } from '../handshake/response.js'

export interface AcceptOptions {
  /** Further header fields of the 101, such as `{ 'Set-Cookie': ['a=1', 'b=2'] }`; not those of the handshake itself. */
  readonly headers?: ResponseHeaders
  /** One that the client offered; replaces the endpoint's `subprotocols` for this connection. */
  readonly subprotocol?: string
}

export interface RejectOptions {
  readonly headers?: ResponseHeaders
  /** A string, bytes, or an object that is sent as JSON. */
  readonly body?: ResponseBody
}

/** A response of the application's own. Status 101 establishes the connection, without an `open` event. */
export interface OwnResponse<Data> {
  readonly status: number
  readonly headers?: ResponseHeaders
  /** Not with 101. */
  readonly body?: ResponseBody
  /** With 101: what `connection.data` is. */
  readonly data?: Data
}

/** Made by `handshake.accept`, `.reject` and `.respond`, and by nothing else. */
export class Decision<out Data> {
  /** @internal */
  readonly outcome: Outcome<Data>

  /** @internal */
  constructor(outcome: Outcome<Data>) {
    this.outcome = outcome
  }
}

export type Outcome<Data> =
  | { readonly kind: 'accept'; readonly data: Data; readonly options: AcceptOptions; readonly firesOpen: boolean }
  | { readonly kind: 'refuse'; readonly status: number; readonly options: RejectOptions }
