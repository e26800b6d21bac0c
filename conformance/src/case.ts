// What a case is, and the shapes that most cases have: an echo, a failed connection, a closing handshake.
import { Buffer } from 'node:buffer'
import type { ConnectOptions } from './clients/echo-client.js'
import { type Bytes, CLOSE, PING, closeBody, frame, toBytes } from './wire/frame.js'
import { ClientPeer } from './wire/client-peer.js'
import { type ClientTarget, Mismatch, type Peer, type ServerTarget, type Target } from './wire/peer.js'
import { END, type Seen, close, pong } from './wire/seen.js'
import { ServerPeer } from './wire/server-peer.js'

/** One rule, checked on one connection or several. Passes or throws; there is nothing between. */
export interface Case {
  /** Unique within its theme: it is the case's name in the committed table. */
  readonly name: string
  /** Of the theme's RFC; of another one when it is named: `6455 §7.4.1`. */
  readonly section: string
  /** Which side it can be about. @default either */
  readonly of?: 'client' | 'server'
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

/** The server's: on a connection whose handshake the case does itself. */
export function rawConversation([section, name]: Title, run: (peer: ClientPeer, target: ServerTarget) => Promise<void>): Case {
  return {
    name,
    section,
    of: 'server',
    run: (target) => withPeer(ClientPeer.connect(target as ServerTarget), (peer) => run(peer, target as ServerTarget)),
  }
}

/** The client's: its request has come, and the case answers it. @param options what the application asks for */
export function answering([section, name]: Title, options: ConnectOptions, run: (peer: ServerPeer) => Promise<void>): Case {
  return { name, section, of: 'client', run: (target) => withPeer(ServerPeer.accept(target as ClientTarget, options), run) }
}

/** The cases make no sense for the other side: there they would say the same again, or nothing. */
export function only(side: 'client' | 'server', cases: readonly Case[]): Case[] {
  return cases.map((each) => ({ ...each, of: side }))
}

/** As `target` says, unless the case has an offer of its own. */
export function open(target: Target, { offer }: Opening): Promise<Peer> {
  const wanted = offer === null ? undefined : (offer ?? target.offer)
  return 'client' in target ? ServerPeer.open(target, wanted) : ClientPeer.open(target, wanted)
}

async function withPeer<Kind extends Peer>(opening: Promise<Kind>, run: (peer: Kind) => Promise<void>): Promise<void> {
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

/** RFC 6455 §7.1.7: these bytes make the other end send Close with this code, and then end TCP. */
export function fails(title: Title, sent: Sent, code: number | readonly number[]): Case {
  return conversation(title, async (peer) => {
    await send(peer, sent)
    await failed(peer, code)
  }, sent)
}

/** The other end sends Close with one of these codes, and ends TCP. */
export async function failed(peer: Peer, code: number | readonly number[]): Promise<void> {
  await peer.expect([code].flat().map((each) => close(each)), END)
}

/** A Close frame with this body is answered with one of these, and then TCP ends (RFC 6455 §5.5.1, §7.1.1). */
export function closes(title: Title, body: Bytes, answer: Seen | readonly Seen[]): Case {
  return conversation(title, async (peer) => {
    peer.write(frame(CLOSE, body))
    await peer.expect(answer, END)
  })
}

/**
 * RFC 6455 §6.2: messages that have come in full have been received, whatever comes behind them. A server shows it by its echo; of a
 * client the application is asked, for nobody waits for its echo any more.
 */
export async function receives(peer: Peer, messages: readonly Seen[]): Promise<void> {
  if (peer instanceof ServerPeer) await peer.delivers(messages)
  else await peer.expect(...messages)
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
