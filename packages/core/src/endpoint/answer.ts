// The two ways an upgrade is answered: straight on the socket, or through the response of a framework's route, so that its
// middleware sees what is sent. Knows how to answer, not what.
import type { Buffer } from 'node:buffer'
import type { ServerResponse } from 'node:http'
import type { PendingUpgrade } from '../dispatcher/pending-upgrade.js'
import type { RoutedUpgrade } from '../dispatcher/routed-upgrade.js'
import { encodeBody } from '../handshake/response-body.js'
import { fieldLines } from '../handshake/response-fields.js'
import { type HttpResponse, serializeResponse } from '../handshake/response.js'

export interface Answer {
  readonly upgrade: PendingUpgrade
  refuse(response: HttpResponse): void
  /** Header lines that a framework's hooks want in the 101; null when the peer is gone or a hook answered otherwise. */
  switchingProtocols(): FieldPairs | null | Promise<FieldPairs | null>
  /** What a framework's hooks have answered instead of the 101. */
  readonly statusInstead: number | undefined
}

export type FieldPairs = readonly (readonly [string, string])[]

const NO_FIELDS: FieldPairs = []

export class DirectAnswer implements Answer {
  readonly upgrade: PendingUpgrade
  readonly statusInstead = undefined

  constructor(upgrade: PendingUpgrade) {
    this.upgrade = upgrade
  }

  refuse(response: HttpResponse): void {
    this.upgrade.refuse(serializeResponse(response))
  }

  switchingProtocols(): FieldPairs {
    return NO_FIELDS
  }
}

/** A response in the form that frameworks take: fields checked, several lines of one name as a list, the body as bytes. */
export interface WholeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer | undefined
}

/** Writes a whole response in a framework's own words, so that its hooks run, at once or later. 101 has neither fields nor a body. */
export type Respond = (response: WholeResponse) => void

export class RoutedAnswer implements Answer {
  readonly upgrade: RoutedUpgrade
  readonly #response: ServerResponse
  readonly #respond: Respond | undefined
  #isSwitching = false

  constructor(upgrade: RoutedUpgrade, response: ServerResponse, respond?: Respond) {
    this.upgrade = upgrade
    this.#response = response
    this.#respond = respond
  }

  get statusInstead(): number | undefined {
    const { headersSent, statusCode } = this.#response
    return headersSent && statusCode !== 101 ? statusCode : undefined
  }

  /** Once the response is led to its 101 the framework has no more say, but the peer has seen nothing yet. */
  refuse(response: HttpResponse): void {
    if (this.#isSwitching || this.#response.headersSent) this.upgrade.refuse(serializeResponse(response))
    else if (this.#respond) this.#respond(wholeResponse(response))
    else answerPlainly(this.#response, response)
  }

  switchingProtocols(): Promise<FieldPairs | null> {
    this.#isSwitching = true
    const respond = this.#respond
    return this.upgrade.switchingProtocols(this.#response, respond && (() => respond({ status: 101, headers: {}, body: undefined })))
  }
}

/** @throws UsageError for fields or a body that cannot be sent */
export function wholeResponse({ status, headers = {}, body }: HttpResponse): WholeResponse {
  const { bytes, contentType } = encodeBody(body)
  const type: FieldPairs = contentType === undefined ? [] : [['Content-Type', contentType]]
  const grouped = groupLines([...type, ...fieldLines(headers, () => false)])
  return { status, headers: grouped, body: body === undefined ? undefined : bytes }
}

/** Writes a whole response in Node's own words; one that has been begun already stays as it is. */
export function answerPlainly(target: ServerResponse, response: HttpResponse): void {
  if (target.headersSent) return
  const { status, headers, body } = wholeResponse(response)
  target.statusCode = status
  for (const [name, value] of Object.entries(headers)) target.setHeader(name, value)
  target.end(body)
}

function groupLines(lines: FieldPairs): Record<string, string | string[]> {
  const grouped = new Map<string, string[]>()
  for (const [name, value] of lines) grouped.set(name, [...(grouped.get(name) ?? []), value])
  return Object.fromEntries([...grouped].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]))
}
