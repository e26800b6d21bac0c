// A server's answers to a client's offer of permessage-deflate (RFC 7692 §5.1, §7.1), right and wrong: wire/extensions.ts says which is
// which, from the offer that the client has made.
import { type Case, type Theme, answering, only, staysOpen } from '../../case.js'
import type { Offered } from '../../clients/echo-client.js'
import { noise, prose } from '../../payloads.js'
import { judge } from '../../wire/extensions.js'
import { RSV1, TEXT, frame } from '../../wire/frame.js'
import { Mismatch } from '../../wire/peer.js'
import { text } from '../../wire/seen.js'
import type { ServerPeer } from '../../wire/server-peer.js'
import { isRefused } from '../rfc6455/client/answer.js'
import { roundTrip } from './deflated.js'

const P = 'permessage-deflate'

const OFFERS: [name: string, offered: Offered][] = [
  ['nothing special', {}],
  ['server_no_context_takeover', { serverNoContextTakeover: true }],
  ['client_no_context_takeover', { clientNoContextTakeover: true }],
  ['neither context', { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['server_max_window_bits=10', { serverMaxWindowBits: 10 }],
  ['client_max_window_bits=10', { clientMaxWindowBits: 10 }],
  ['all of them', { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 12 }],
]

const NO_CONTEXTS = `${P}; server_no_context_takeover; client_no_context_takeover`
const ANSWERS = [
  P,
  `${P}; server_no_context_takeover`,
  `${P}; client_no_context_takeover`,
  NO_CONTEXTS,
  ...[9, 10, 11, 15].flatMap((bits) => [`${P}; server_max_window_bits=${bits}`, `${P}; client_max_window_bits=${bits}`]),
  `${P}; server_max_window_bits=8`,
  `${NO_CONTEXTS}; server_max_window_bits=9; client_max_window_bits=10`,
  `${P}; client_max_window_bits=10; server_no_context_takeover; server_max_window_bits=10`,
  `${P};server_no_context_takeover;server_max_window_bits="9"`,
]

/** RFC 7692 §7: wrong in themselves, whatever was offered. */
const ILLEGAL = [
  ...['0', '7', '16', '08', '+10', '0xa', '1e1', '10.0', '-9', '"16"'].flatMap((value) =>
    [`${P}; server_max_window_bits=${value}`, `${P}; client_max_window_bits=${value}`]),
  `${P}; server_max_window_bits`,
  `${P}; client_max_window_bits`,
  `${P}; server_no_context_takeover=true`,
  `${P}; client_no_context_takeover=1`,
  `${P}; server_no_context_takeover; server_no_context_takeover`,
  `${P}; server_max_window_bits=10; server_max_window_bits=10`,
  `${P}; client_max_window_bits=10; client_max_window_bits=9`,
  `${P}; unknown`,
  `${P}; unknown=1`,
  `${P}; __proto__`,
  `${P}, ${P}`,
  `${P}, x-unknown`,
  'permessage-deflat',
  'Permessage-Deflate-2',
  'x-webkit-deflate-frame',
  `${P};`,
  `${P}; server_max_window_bits=`,
  `${P}; server_max_window_bits="10`,
  `${P} server_no_context_takeover`,
]

/** What the answer makes of the client's offer decides: a connection whose messages keep to it, or none. */
async function asJudged(peer: ServerPeer, answer: string): Promise<void> {
  peer.respond({ 'Sec-WebSocket-Extensions': answer })
  if ('fault' in judge(peer.offer, answer)) return isRefused(peer)
  for (const message of ['Hello', 'Hello', prose(40_000), noise(2_000), prose(3_000), '']) await roundTrip(peer, message)
  await staysOpen(peer)
}

function answers(): Case[] {
  return OFFERS.flatMap(([name, compression]) => ANSWERS.map((answer) =>
    answering(['7.1', `offered ${name}, answered: ${answer}`], { compression }, (peer) => asJudged(peer, answer))))
}

function illegal(): Case[] {
  return ILLEGAL.map((answer) => answering(['7', `answered: ${answer}`], { compression: {} }, async (peer) => {
    if (!('fault' in judge(peer.offer, answer))) throw new Error('this answer is right')
    await asJudged(peer, answer)
  }))
}

function declined(): Case {
  return answering(['5.1', 'declined, and nothing is compressed'], { compression: {} }, async (peer) => {
    peer.respond()
    await staysOpen(peer)
    peer.session.send(prose(10_000))
    await peer.expect(text(prose(10_000)))
    peer.write(frame(TEXT, Buffer.from('f248cdc9c90700', 'hex'), { rsv: RSV1 }))
    const seen = await peer.next()
    if (seen !== 'close 1002') throw new Mismatch(`expected close 1002, got ${seen}`)
  })
}

export const responses: Theme = {
  name: 'Compression: responses',
  rfc: 7692,
  cases: only('client', [...answers(), ...illegal(), declined()]),
}
