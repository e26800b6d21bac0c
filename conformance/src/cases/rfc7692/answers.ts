// The server's own compressed messages (RFC 7692 §7.2.1): within the agreed window, whatever their content, their size and their source.
import { Buffer } from 'node:buffer'
import type { Case, Theme } from '../../case.js'
import { noise, noisyText, prose } from '../../payloads.js'
import { BlockWriter, END_OF_BLOCK } from '../../wire/deflate-blocks.js'
import { BINARY, RSV1, TEXT, frame } from '../../wire/frame.js'
import { binary, text } from '../../wire/seen.js'
import { deflated, inflatesTo, roundTrip } from './deflated.js'
import { probe } from './parameters.js'

const BITS = [8, 9, 10, 11, 12, 13, 14, 15]

function offerOf(bits: number, more = ''): string {
  return `permessage-deflate; server_max_window_bits=${bits}${more}`
}

/** Text of the same shape as the probe: what repeats does so just beyond the window. */
function probeText(bits: number): string {
  return probe(bits).toString('latin1').replace(/[^ -~]/g, (character) => String.fromCharCode(33 + (character.charCodeAt(0) % 90)))
}

function windows(): Case[] {
  return BITS.flatMap((bits) => [
    '',
    '; server_no_context_takeover',
    '; client_no_context_takeover; client_max_window_bits',
  ].flatMap((more) => [
    deflated(['7.1.2.1', `${bits} bits${more}: repeated just beyond the window`], async (peer) => {
      await roundTrip(peer, probe(bits))
      await roundTrip(peer, probeText(bits))
      peer.write(Buffer.concat([frame(BINARY, probe(bits)), frame(TEXT, probeText(bits))]))
      await peer.expect(binary(probe(bits)), text(probeText(bits)))
    }, offerOf(bits, more)),
    deflated(['7.1.2.1', `${bits} bits${more}: repeated beyond every window`], async (peer) => {
      const all = Buffer.concat(BITS.map((each) => probe(each)))
      peer.write(frame(BINARY, all))
      await peer.expect(binary(all))
      await roundTrip(peer, all)
    }, offerOf(bits, more)),
    deflated(['7.1.2.1', `${bits} bits${more}: 1 MiB of prose`], async (peer) => {
      peer.write(frame(TEXT, prose(1_048_576)))
      await peer.expect(text(prose(1_048_576)))
    }, offerOf(bits, more)),
    deflated(['7.1.2.1', `${bits} bits${more}: many small messages`], async (peer) => {
      const messages = Array.from({ length: 60 }, (_, index) => `${prose(50 + index)}${noisyText(40, 1 + (index % 7))}`)
      for (const each of messages) await roundTrip(peer, each)
    }, offerOf(bits, more)),
  ]))
}

/** An echo need not inflate and deflate: it may send on what it got, but only as far as the receiver's window reaches. */
function sentOn(): Case[] {
  return BITS.map((bits) => deflated([
    '7.1.2.1',
    `${bits} bits: a message that reaches farther back is not sent on as it is`,
  ], async (peer) => {
    const distance = Math.min(2 ** bits + 1, 2 ** peer.agreement!.clientMaxWindowBits)
    const start = noise(distance, bits)
    const payload = new BlockWriter().stored(start).fixed([{ length: 100, distance }, END_OF_BLOCK]).payload()
    await inflatesTo(peer, payload, Buffer.concat([start, start.subarray(0, Math.min(100, distance))]))
    await roundTrip(peer, start)
  }, offerOf(bits, '; client_max_window_bits')))
}

/** What must not be sent on as it is: the blocks are legal, and the next message has to make sense behind them. */
function sentOnAndGoOn(): Case[] {
  const payloads: [name: string, payload: Buffer, message: string][] = [
    ['a final block', new BlockWriter().stored('Hello', { isFinal: true }).payload(), 'Hello'],
    ['a stored block', new BlockWriter().stored('Hello').payload(), 'Hello'],
    ['empty blocks', new BlockWriter().stored('').stored('').stored('Hello').stored('').payload(), 'Hello'],
    ['no bytes at all', Buffer.from([0]), ''],
  ]
  return payloads.map(([name, payload, message]) => deflated(['7.2.1', `an echo of ${name}, and what comes behind it`], async (peer) => {
    for (let round = 0; round < 3; round++) {
      await roundTrip(peer, prose(700))
      peer.write(frame(TEXT, payload, { rsv: RSV1 }))
      await peer.expect(text(message))
      peer.write(frame(TEXT, prose(700)))
      await peer.expect(text(prose(700)))
    }
  }, 'permessage-deflate; client_no_context_takeover'))
}

export const answersOfServer: Theme = { name: 'Compression: answers', rfc: 7692, cases: [...windows(), ...sentOn(), ...sentOnAndGoOn()] }
