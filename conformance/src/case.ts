// What a case is, and the shapes that most cases have: an echo, a failed connection, a closing handshake.
import { Buffer } from 'node:buffer'
import { type Bytes, CLOSE, PING, closeBody, frame, toBytes } from './wire/frame.js'
import { Peer, type Target } from './wire/peer.js'
import { END, type Seen, close, pong } from './wire/seen.js'

/** One rule, checked on one connection. Passes or throws; there is nothing between. */
export interface Case {
  /** Unique within its theme: it is the case's name in the committed table. */
  readonly name: string
  /** Of RFC 6455. */
  readonly section: string
  run(target: Target): Promise<void>
}

export interface Theme {
  readonly name: string
  readonly cases: readonly Case[]
}

/** The section of RFC 6455, and what the case is called. */
export type Title = readonly [section: string, name: string]

/** Any conversation on an established connection. */
export function conversation([section, name]: Title, run: (peer: Peer) => Promise<void>): Case {
  return { name, section, run: (target) => withPeer(Peer.open(target), run) }
}

/** On a connection whose handshake the case does itself. */
export function rawConversation([section, name]: Title, run: (peer: Peer, target: Target) => Promise<void>): Case {
  return { name, section, run: (target) => withPeer(Peer.connect(target), (peer) => run(peer, target)) }
}

async function withPeer(opening: Promise<Peer>, run: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = await opening
  try {
    await run(peer)
  } finally {
    peer.destroy()
  }
}

/** What is sent, and in pieces of how many bytes. @default in one */
export interface Sent {
  readonly bytes: Bytes | readonly Bytes[]
  readonly pieces?: number
}

/** These bytes lead to these things, in this order, to nothing else, and the connection stays open. */
export function answers(title: Title, sent: Sent, things: readonly Seen[]): Case {
  return conversation(title, async (peer) => {
    await send(peer, sent)
    await peer.expect(...things)
    await staysOpen(peer)
  })
}

/** RFC 6455 §7.1.7: these bytes make the server send Close with this code, and then end TCP. */
export function fails(title: Title, sent: Sent, code: number): Case {
  return conversation(title, async (peer) => {
    await send(peer, sent)
    await peer.expect(close(code), END)
  })
}

/** A Close frame with this body is answered with one of these, and then the server ends TCP (RFC 6455 §5.5.1, §7.1.1). */
export function closes(title: Title, body: Bytes, answer: Seen | readonly Seen[]): Case {
  return conversation(title, async (peer) => {
    peer.write(frame(CLOSE, body))
    await peer.expect(answer, END)
  })
}

/** A Ping is answered, and nothing that nobody waited for came before. */
export async function staysOpen(peer: Peer): Promise<void> {
  peer.write(frame(PING, 'still there?'))
  await peer.expect(pong('still there?'))
}

/** Ends the connection as it should end. */
export async function closesCleanly(peer: Peer): Promise<void> {
  peer.write(frame(CLOSE, closeBody(1000)))
  await peer.expect(close(1000), END)
}

async function send(peer: Peer, { bytes, pieces }: Sent): Promise<void> {
  const whole = join(bytes)
  if (pieces === undefined) peer.write(whole)
  else await peer.writeInPieces(whole, pieces)
}

export function join(bytes: Bytes | readonly Bytes[]): Buffer {
  return typeof bytes === 'string' || bytes instanceof Uint8Array ? toBytes(bytes) : Buffer.concat(bytes.map(toBytes))
}
