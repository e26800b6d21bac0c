// Every combination of parameters (RFC 7692 §7.1): whatever is agreed on, messages of many sizes go there and back, and the server's
// answers keep to it (wire/message-inflater.ts judges them).
import { Buffer } from 'node:buffer'
import type { Case, Theme } from '../../case.js'
import { letters, noise, prose } from '../../payloads.js'
import type { Peer } from '../../wire/peer.js'
import { deflated, plainRoundTrip, roundTrip } from './deflated.js'

const BITS = [undefined, 8, 9, 10, 11, 12, 13, 14, 15]
const MEBIBYTE = 1_048_576

function offers(): string[] {
  const flags = [
    '',
    '; server_no_context_takeover',
    '; client_no_context_takeover',
    '; server_no_context_takeover; client_no_context_takeover',
  ]
  const servers = BITS.map((bits) => (bits === undefined ? '' : `; server_max_window_bits=${bits}`))
  const clients = ['', ...BITS.map((bits) => (bits === undefined ? '; client_max_window_bits' : `; client_max_window_bits=${bits}`))]
  return flags.flatMap((flag) => servers.flatMap((server) => clients.map((client) => `${flag}${server}${client}`)))
}

const SMALL = ['', 'H', letters(125), letters(126), 'Hello, Hello', 'Hello, Hello']
const PROSE = prose(65_536)
const NOISE = noise(65_535)

/**
 * Noise that comes again just beyond each window, and within it: a compressor with a larger window than agreed finds it, and is found
 * out by its distance.
 */
export function probe(bits: number): Buffer {
  const block = noise(2 ** bits - 20, bits)
  const gap = noise(60, 99)
  return Buffer.concat([block, gap, block, gap, block.subarray(0, 200), gap, block.subarray(0, 200)])
}

async function manyMessages(peer: Peer): Promise<void> {
  for (const message of SMALL) await roundTrip(peer, message)
  await roundTrip(peer, PROSE)
  await roundTrip(peer, NOISE)
  await roundTrip(peer, probe(Math.min(13, peer.agreement!.serverMaxWindowBits)))
  await roundTrip(peer, PROSE.slice(0, 1000))
}

function combinations(): Case[] {
  return offers().map((parameters) => deflated(
    ['7.1', parameters === '' ? 'no parameter' : parameters.slice(2)],
    manyMessages,
    `permessage-deflate${parameters}`,
  ))
}

export const parameters: Theme = { name: 'Compression: parameters', rfc: 7692, cases: combinations() }

const SIZES = [
  0, 1, 2, 3, 124, 125, 126, 127, 128, 255, 256, 257, 1023, 1024, 1025, 4096, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 65_534,
  65_535, 65_536, 65_537, 131_072,
]
/** The last one stays below the limit also when it gets larger by being compressed. */
const LARGE = [MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 4 * MEBIBYTE, 16 * MEBIBYTE - 65_536]

const KINDS: [name: string, make: (size: number) => string | Buffer][] = [
  ['text that compresses', prose],
  ['text of one letter', (size) => 'a'.repeat(size)],
  ['text that hardly compresses', (size) => noise(Math.ceil(size / 2), 7).toString('hex').slice(0, size)],
  ['binary that compresses', (size) => Buffer.from(letters(size))],
  ['binary that does not compress', noise],
]

const CONTEXTS: [name: string, parameters: string][] = [
  ['', '; client_max_window_bits'],
  [', no context of the server', '; server_no_context_takeover'],
  [', no context of the client', '; client_no_context_takeover'],
  [', no context', '; server_no_context_takeover; client_no_context_takeover'],
]

/** Twice, so that a context can be used; and once uncompressed, which RFC 7692 §6 allows at any time. */
function ofSize(make: () => string | Buffer): (peer: Peer) => Promise<void> {
  return async (peer) => {
    const message = make()
    await roundTrip(peer, message)
    await roundTrip(peer, message)
    await plainRoundTrip(peer, message)
  }
}

/** The larger ones with the first and the last of the contexts only. */
const SMALL_SIZES = SIZES.filter((size) => size <= 4096)

function sizeCases(): Case[] {
  return CONTEXTS.flatMap(([context, given], index) => KINDS.flatMap(([kind, make]) => (index % 3 === 0 ? SIZES : SMALL_SIZES).map((size) =>
    deflated(['7.2', `${size} bytes, ${kind}${context}`], ofSize(() => make(size)), `permessage-deflate${given}`))))
}

function largeCases(): Case[] {
  return [CONTEXTS[0]!, CONTEXTS[3]!].flatMap(([context, given]) => [KINDS[0]!, KINDS[4]!].flatMap(([kind, make]) => LARGE.map((size) =>
    deflated(['7.2', `${size} bytes, ${kind}${context}`], (peer) => roundTrip(peer, make(size)), `permessage-deflate${given}`))))
}

export const sizes: Theme = { name: 'Compression: sizes', rfc: 7692, atOnce: 4, cases: [...sizeCases(), ...largeCases()] }
