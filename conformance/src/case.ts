// What a case is, and the shapes that most cases have: an echo, a failed connection, a closing handshake.
import { Buffer } from 'node:buffer'
import { type Bytes, CLOSE, PING, closeBody, frame, toBytes } from './wire/frame.js'
import { Mismatch, Peer, type Target } from './wire/peer.js'
import { END, type Seen, close, pong } from './wire/seen.js'

/** One rule, checked on one connection or several. Passes or throws; there is nothing between. */
export interface Case {
  /** Unique within its theme: it is the case's name in the committed table. */
  readonly name: string
  /** Of the theme's RFC; of another one when it is named: `6455 §7.4.1`. */
  readonly section: string
  run(target: Target): Promise<void>
}

export interface Theme {
  readonly name: string
  readonly rfc: 6455 | 7692
  /** How many cases may run at the same time, where they need much memory. @default the runner's choice */
  readonly atOnce?: number
  readonly cases: readonly Case[]
}

/** The section, and what the case is called. */
export type Title = readonly [section: string, name: string]

/** What the handshake offers in Sec-WebSocket-Extensions: null is nothing. @default what the target says */
export interface Opening {
  readonly offer?: string | null
}

/** Any conversation on an established connection. */
export function conversation([section, name]: Title, run: (peer: Peer) => Promise<void>, opening: Opening = {}): Case {
  return { name, section, run: (target) => withPeer(open(target, opening), run) }
}

/** The same conversation once per item, each on a connection of its own; a failure names the item. */
export function conversations<Item>([section, name]: Title, items: readonly Item[], run: (peer: Peer, item: Item) => Promise<void>): Case {
  return {
    name,
    section,
    run: async (target) => {
      for (const [index, item] of items.entries()) await withPeer(open(target, {}), (peer) => run(peer, item)).catch(during(index))
    },
  }
}

function during(index: number): (error: unknown) => never {
  return (error) => {
    throw new Mismatch(`connection ${index}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** On a connection whose handshake the case does itself. */
export function rawConversation([section, name]: Title, run: (peer: Peer, target: Target) => Promise<void>): Case {
  return { name, section, run: (target) => withPeer(Peer.connect(target), (peer) => run(peer, target)) }
}

function open(target: Target, { offer }: Opening): Promise<Peer> {
  return Peer.open(target, offer === null ? undefined : (offer ?? target.offer))
}

async function withPeer(opening: Promise<Peer>, run: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = await opening
  try {
    await run(peer)
  } finally {
    peer.destroy()
  }
}

/** What is sent, in pieces of how many bytes (in one), and what the handshake offers. */
export interface Sent extends Opening {
  readonly bytes: Bytes | readonly Bytes[]
  readonly pieces?: number
}

/** These bytes lead to these things, in this order, to nothing else, and the connection stays open. */
export function answers(title: Title, sent: Sent, things: readonly Seen[]): Case {
  return conversation(title, async (peer) => {
    await send(peer, sent)
    await peer.expect(...things)
    await staysOpen(peer)
  }, sent)
}

/** RFC 6455 §7.1.7: these bytes make the server send Close with this code, and then end TCP. */
export function fails(title: Title, sent: Sent, code: number | readonly number[]): Case {
  return conversation(title, async (peer) => {
    await send(peer, sent)
    await failed(peer, code)
  }, sent)
}

/** The server sends Close with one of these codes, and ends TCP. */
export async function failed(peer: Peer, code: number | readonly number[]): Promise<void> {
  await peer.expect([code].flat().map((each) => close(each)), END)
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
