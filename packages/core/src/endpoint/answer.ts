// The two ways an upgrade is answered: straight on the socket, or through the response of a framework's route, so that its
// middleware sees what is sent. Knows how to answer, not what.
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
}

export type FieldPairs = readonly (readonly [string, string])[]

const NO_FIELDS: FieldPairs = []

export class DirectAnswer implements Answer {
  readonly upgrade: PendingUpgrade

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

export class RoutedAnswer implements Answer {
  readonly upgrade: RoutedUpgrade
  readonly #response: ServerResponse

  constructor(upgrade: RoutedUpgrade, response: ServerResponse) {
    this.upgrade = upgrade
    this.#response = response
  }

  /** Once the response has been led to its 101 the framework has no more say, but the peer has seen nothing yet. */
  refuse(response: HttpResponse): void {
    if (this.#response.headersSent) this.upgrade.refuse(serializeResponse(response))
    else answerPlainly(this.#response, response)
  }

  switchingProtocols(): Promise<FieldPairs | null> {
    return this.upgrade.switchingProtocols(this.#response)
  }
}

/** Writes a whole response the framework's way; one that has been begun already stays as it is. */
export function answerPlainly(target: ServerResponse, { status, headers = {}, body }: HttpResponse): void {
  if (target.headersSent) return
  const { bytes, contentType } = encodeBody(body)
  const grouped = groupLines(fieldLines(headers, () => false))
  target.statusCode = status
  if (contentType !== undefined) target.setHeader('Content-Type', contentType)
  for (const [name, values] of grouped) target.setHeader(name, values.length === 1 ? values[0]! : values)
  target.end(bytes)
}

function groupLines(lines: FieldPairs): Map<string, string[]> {
  const grouped = new Map<string, string[]>()
  for (const [name, value] of lines) grouped.set(name, [...(grouped.get(name) ?? []), value])
  return grouped
}
