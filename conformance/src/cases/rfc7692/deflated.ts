// Conversations on a connection with permessage-deflate (RFC 7692 §5): what is offered, and messages there and back.
import type { Buffer } from 'node:buffer'
import { type Case, type Title, open, staysOpen } from '../../case.js'
import { BINARY, type Bytes, RSV1, TEXT, frame } from '../../wire/frame.js'
import { Mismatch, type Peer } from '../../wire/peer.js'
import { type Seen, binary, text } from '../../wire/seen.js'

/** Contexts stay, as far as the server goes along, and the client may be told a window. */
export const OFFER = 'permessage-deflate; client_max_window_bits'
/** Neither side keeps a context. */
export const OFFER_WITHOUT_CONTEXT = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'

/** RFC 7692 §5.1: a server MAY decline, and then there is nothing to check; one that claims the extension may not. */
export function deflated(title: Title, run: (peer: Peer) => Promise<void>, offer = OFFER): Case {
  return deflatedEach(title, { items: [undefined], offer }, run)
}

interface Each<Item> {
  readonly items: readonly Item[]
  readonly offer: string
}

/** The same once per item, each on a connection of its own. */
export function deflatedEach<Item>(title: Title, { items, offer }: Each<Item>, run: (peer: Peer, item: Item) => Promise<void>): Case {
  const [section, name] = title
  return {
    name,
    section,
    run: async (target) => {
      for (const item of items) {
        const peer = await open(target, { offer })
        try {
          if (peer.agreement !== undefined) await run(peer, item)
          else if (target.claimsCompression) throw new Mismatch(`declined: ${offer}`)
          else await staysOpen(peer)
        } finally {
          peer.destroy()
        }
      }
    },
  }
}

/** Strings are text, bytes are binary. */
export function opcodeOf(message: Bytes): number {
  return typeof message === 'string' ? TEXT : BINARY
}

export function seenAs(message: Bytes): Seen {
  return typeof message === 'string' ? text(message) : binary(message)
}

/** A whole message, compressed as it was agreed. */
export function compressed(peer: Peer, message: Bytes): Buffer {
  return frame(opcodeOf(message), peer.deflate(message), { rsv: RSV1 })
}

/** Compressed there; the server may compress its answer or not. */
export async function roundTrip(peer: Peer, message: Bytes): Promise<void> {
  peer.write(compressed(peer, message))
  await peer.expect(seenAs(message))
}

/** The same, uncompressed there. */
export async function plainRoundTrip(peer: Peer, message: Bytes): Promise<void> {
  peer.write(frame(opcodeOf(message), message))
  await peer.expect(seenAs(message))
}

/** This payload of a compressed message is this message. */
export async function inflatesTo(peer: Peer, payload: Bytes, message: Bytes): Promise<void> {
  peer.write(frame(opcodeOf(message), payload, { rsv: RSV1 }))
  await peer.expect(seenAs(message))
}
