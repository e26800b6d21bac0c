// The negotiation of permessage-deflate (RFC 7692 §5, §7.1): every answer is judged against what was offered (wire/extensions.ts).
import { Buffer } from 'node:buffer'
import { type Case, type Theme, failed, only, rawConversation, staysOpen } from '../../case.js'
import { RSV1, TEXT, frame } from '../../wire/frame.js'
import { faultOf, randomKey } from '../../wire/handshake.js'
import type { ClientPeer } from '../../wire/client-peer.js'
import { Mismatch, type Peer, type ServerTarget } from '../../wire/peer.js'
import { deflated, roundTrip } from './deflated.js'

const P = 'permessage-deflate'
const BITS = ['8', '9', '10', '11', '12', '13', '14', '15']

/** What a server can accept; if it does, a message goes there and back. */
const LEGAL = [
  P,
  `${P}; server_no_context_takeover`,
  `${P}; client_no_context_takeover`,
  `${P}; client_max_window_bits`,
  ...BITS.flatMap((bits) => [`${P}; server_max_window_bits=${bits}`, `${P}; client_max_window_bits=${bits}`]),
  `${P}; client_max_window_bits; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover`,
  `${P}; server_no_context_takeover; client_max_window_bits=9; server_max_window_bits=9; client_no_context_takeover`,
  `${P}; server_max_window_bits="10"`,
  `${P}; client_max_window_bits="12"`,
  `${P}; server_max_window_bits="1\\0"`,
  `${P};server_no_context_takeover;client_max_window_bits=15`,
  `${P}\t; \t server_no_context_takeover  ;   client_max_window_bits`,
  `x-unknown, ${P}`,
  `${P}, x-unknown; a=1`,
  `x-webkit-deflate-frame, ${P}; client_max_window_bits`,
]

/** RFC 7692 §7.1.2.1: a decimal integer without leading zeroes between 8 and 15. */
const NOT_BITS = [
  '0', '1', '7', '16', '17', '20', '32', '99', '100', '256', '4294967304', '18446744073709551624', '08', '09', '010', '015',
  '0010', '8.0', '10.5', '+8', '+10', '-8', '-10', '0x8', '0xa', '0b1010', '0o12', '1e1', '8e0', '1_0', 'a', 'NaN', 'true',
  '10a', '"7"', '"16"', '"08"', '"+10"',
]

const ILLEGAL = [
  `${P}; unknown`,
  `${P}; unknown=1`,
  `${P}; client_max_window_bits; unknown`,
  `${P}; __proto__`,
  `${P}; constructor=1`,
  `${P}; server_max_window_bit=10`,
  `${P}; max_window_bits=10`,
  `${P}; no_context_takeover`,
  `${P}; ${P}`,
  `${P}; server_max_window_bits`,
  ...NOT_BITS.flatMap((value) => [`${P}; server_max_window_bits=${value}`, `${P}; client_max_window_bits=${value}`]),
  ...['server', 'client'].flatMap((side) => [
    'true',
    'false',
    '1',
    '0',
    '10',
    '"true"',
  ].map((value) => `${P}; ${side}_no_context_takeover=${value}`)),
  ...[
    'server_no_context_takeover',
    'client_no_context_takeover',
    'client_max_window_bits',
    'server_max_window_bits=10',
    'client_max_window_bits=10',
    'unknown',
  ]
    .map((parameter) => `${P}; ${parameter}; ${parameter}`),
  `${P}; server_max_window_bits=10; server_max_window_bits=11`,
  `${P}; client_max_window_bits; client_max_window_bits=11`,
  `${P}; client_max_window_bits=11; server_no_context_takeover; client_max_window_bits`,
  'permessage-deflat',
  'permessage-deflate2',
  'permessage-bzip2',
  'x-unknown; permessage-deflate',
]

/** RFC 6455 §9.1: not even the grammar. */
const MALFORMED = [
  `${P}; server_max_window_bits=`,
  `${P}; server_max_window_bits=""`,
  `${P}; server_max_window_bits="10`,
  `${P}; server_max_window_bits=10"`,
  `${P}; server_max_window_bits=1 0`,
  `${P}; client_max_window_bits==10`,
  `${P};`,
  `${P};;client_max_window_bits`,
  `${P} client_max_window_bits`,
  `${P}; client_max_window_bits=10; =`,
  `"${P}"`,
  `${P}=1`,
  `${P}, ;`,
  `${P}; client_max_window_bits, ${P}; =`,
]

function legal(): Case[] {
  return only('server', LEGAL.map((offer) => deflated(['7.1', `accepted as offered: ${offer.replaceAll('\t', ' ')}`], async (peer) => {
    await roundTrip(peer, 'Hello')
    await roundTrip(peer, 'Hello, Hello, Hello')
  }, offer)))
}

async function handshake(peer: ClientPeer, offer: string | readonly string[]): Promise<string | undefined> {
  const key = randomKey()
  const answer = await peer.request({ 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Extensions': offer })
  return faultOf(answer, { key, offer: [offer].flat().join(', ') })
}

/** Without the extension RSV1 is a reserved bit again (RFC 6455 §5.2). */
async function isDeclined(peer: Peer): Promise<void> {
  if (peer.agreement !== undefined) throw new Mismatch('accepted')
  await staysOpen(peer)
  peer.write(frame(TEXT, Buffer.from('f248cdc9c90700', 'hex'), { rsv: RSV1 }))
  await failed(peer, 1002)
}

/** RFC 7692 §7: "A server MUST decline"; a server that refuses the whole handshake has not accepted it either. */
function illegal(): Case[] {
  return ILLEGAL.map((offer) => rawConversation(['7', `declined: ${offer}`], async (peer) => {
    const problem = await handshake(peer, offer)
    if (problem?.startsWith('status 4') === true) return
    if (problem !== undefined) throw new Mismatch(problem)
    await isDeclined(peer)
  }))
}

function malformed(): Case[] {
  return MALFORMED.map((offer) => rawConversation(['6455 §9.1', `refused: ${offer}`], async (peer) => {
    const problem = await handshake(peer, offer)
    if (problem?.startsWith('status 4') !== true) throw new Mismatch(problem ?? 'status 101')
  }))
}

export const negotiation: Theme = { name: 'Compression: one offer', rfc: 7692, cases: [...legal(), ...illegal(), ...malformed()] }

/** RFC 7692 §5.1: each of them can be accepted. */
const ALL_LEGAL: (string | string[])[] = [
  `${P}; server_no_context_takeover, ${P}`,
  `${P}; server_max_window_bits=8, ${P}; server_max_window_bits=9, ${P}`,
  `${P}; client_max_window_bits=9, ${P}; client_max_window_bits`,
  `x-unknown, ${P}; server_max_window_bits=12, x-other, ${P}`,
  [P, `${P}; client_max_window_bits`],
  ['x-unknown', P],
  `${P}, ${P}, ${P}`,
  new Array<string>(50).fill(P).join(', '),
]

/** RFC 7692 §7: the illegal ones are declined, one by one; the handshake goes on, and the next one counts. */
const ONE_LEGAL: (string | string[])[] = [
  `${P}; unknown, ${P}`,
  `${P}; server_max_window_bits=7, ${P}; server_max_window_bits=10`,
  `${P}; server_max_window_bits=010, ${P}; server_max_window_bits=10`,
  `${P}; server_max_window_bits, ${P}; client_max_window_bits`,
  `${P}; server_max_window_bits=16, ${P}; client_max_window_bits=16, ${P}; server_no_context_takeover`,
  `${P}; client_no_context_takeover=1, ${P}`,
  `${P}; client_max_window_bits; client_max_window_bits, ${P}`,
  `${P}; server_no_context_takeover, ${P}; unknown`,
  [`${P}; unknown=1`, P],
  `${P}; server_max_window_bits=8; server_max_window_bits=8, x-unknown, ${P}; server_max_window_bits=15`,
]

const NONE_LEGAL: (string | string[])[] = [
  `${P}; unknown, ${P}; server_max_window_bits=7`,
  [`${P}; server_max_window_bits`, `${P}; client_max_window_bits=16`],
  `x-unknown, ${P}; server_no_context_takeover=0`,
]

async function agreesOnOne(peer: ClientPeer, target: ServerTarget, offer: string | string[]): Promise<void> {
  const problem = await handshake(peer, offer)
  if (problem !== undefined) throw new Mismatch(problem)
  if (peer.agreement !== undefined) await roundTrip(peer, 'Hello')
  else if (target.claimsCompression) throw new Mismatch('declined')
  else await isDeclined(peer)
}

function nameOf(offer: string | string[]): string {
  const name = [offer].flat().join(', in a second field: ')
  return name.length > 200 ? `${name.split(', ').length} times ${P}` : name
}

function several(): Case[] {
  return [
    ...ALL_LEGAL.map((offer) => rawConversation(['5.1', `one of: ${nameOf(offer)}`], (peer, target) => agreesOnOne(peer, target, offer))),
    ...ONE_LEGAL.map((offer) => rawConversation(
      ['7', `the legal one of: ${nameOf(offer)}`],
      (peer, target) => agreesOnOne(peer, target, offer),
    )),
    ...NONE_LEGAL.map((offer) => rawConversation(['7', `none of: ${nameOf(offer)}`], async (peer) => {
      const problem = await handshake(peer, offer)
      if (problem?.startsWith('status 4') === true) return
      if (problem !== undefined) throw new Mismatch(problem)
      await isDeclined(peer)
    })),
    rawConversation(['5.1', 'no offer, no answer'], async (peer) => {
      const key = randomKey()
      const problem = faultOf(await peer.request({ 'Sec-WebSocket-Key': key }), { key })
      if (problem !== undefined) throw new Mismatch(problem)
      await isDeclined(peer)
    }),
  ]
}

export const negotiationOfSeveral: Theme = { name: 'Compression: several offers', rfc: 7692, cases: several() }
