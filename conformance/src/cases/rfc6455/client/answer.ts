// A server's answer to the opening handshake, of a case's own, and what the client has to make of it (RFC 6455 §4.1).
import { type Case, type Title, answering, staysOpen } from '../../../case.js'
import type { ConnectOptions } from '../../../clients/echo-client.js'
import { Mismatch } from '../../../wire/peer.js'
import type { ResponseFields } from '../../../wire/request.js'
import { END } from '../../../wire/seen.js'
import type { ServerPeer } from '../../../wire/server-peer.js'

export interface ServerAnswer {
  readonly fields?: ResponseFields | ((peer: ServerPeer) => ResponseFields)
  readonly statusLine?: string
  /** What the application asks for. */
  readonly options?: ConnectOptions
}

/** Leads to a connection that works. */
export function opens(title: Title, { fields = {}, statusLine, options = {} }: ServerAnswer): Case {
  return answering(title, options, async (peer) => {
    peer.respond(typeof fields === 'function' ? fields(peer) : fields, statusLine)
    await staysOpen(peer)
    if (!peer.session.hasOpened) throw new Mismatch('the application was not told that it is open')
  })
}

/** The client fails the connection. */
export function refuses(title: Title, { fields = {}, statusLine, options = {} }: ServerAnswer): Case {
  return answering(title, options, async (peer) => {
    peer.respond(typeof fields === 'function' ? fields(peer) : fields, statusLine)
    await isRefused(peer)
  })
}

/** RFC 6455 §7.1.7: TCP ends, in whatever way, without a frame; and the application was not told of any connection. */
export async function isRefused(peer: ServerPeer): Promise<void> {
  const seen = await peer.next()
  if (peer.session.hasOpened) throw new Mismatch('the connection was opened')
  if (seen !== END && !seen.includes('ECONNRESET')) throw new Mismatch(`expected the end of TCP, got ${seen}`)
}
