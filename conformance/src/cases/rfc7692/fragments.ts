// Compressed messages in fragments (RFC 7692 §6.1, §7.2): cut anywhere, for the cuts mean nothing to the compressed data.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, receives } from '../../case.js'
import { noise, prose } from '../../payloads.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT, type Bytes, closeBody, fragments, frame, slices } from '../../wire/frame.js'
import type { Peer } from '../../wire/peer.js'
import { END, close, pong, text } from '../../wire/seen.js'
import { OFFER_WITHOUT_CONTEXT, compressed, deflated, opcodeOf, roundTrip, seenAs } from './deflated.js'

const MESSAGE = 'κόσμε, fragmented κόσμε, and fragmented again'

async function inParts(peer: Peer, message: Bytes, cut: (payload: Buffer) => readonly Bytes[]): Promise<void> {
  peer.write(Buffer.concat(fragments(opcodeOf(message), cut(peer.deflate(message)), RSV1)))
  await peer.expect(seenAs(message))
}

function cutAnywhere(): Case[] {
  const atEveryPlace = async (peer: Peer): Promise<void> => {
    for (let at = 0, end = 1; at <= end; at++) {
      await inParts(peer, MESSAGE, (payload) => {
        end = payload.length
        return [payload.subarray(0, at), payload.subarray(at)]
      })
    }
  }
  const cuts: [name: string, cut: (payload: Buffer) => Bytes[]][] = [
    ['fragments of 1 byte', (payload) => slices(payload, 1)],
    ['fragments of 2 bytes', (payload) => slices(payload, 2)],
    ['an empty first fragment', (payload) => ['', payload]],
    ['an empty last fragment', (payload) => [payload, '']],
    ['an empty middle fragment', (payload) => [payload.subarray(0, 5), '', payload.subarray(5)]],
    ['empty fragments all over', (payload) => ['', '', ...slices(payload, 3).flatMap((each) => [each, '']), '']],
    ['the last byte in a fragment of its own', (payload) => [payload.subarray(0, -1), payload.subarray(-1)]],
  ]
  return [
    deflated(['6.1', 'two fragments, cut at every place'], atEveryPlace),
    deflated(['6.1', 'two fragments, cut at every place, without context'], atEveryPlace, OFFER_WITHOUT_CONTEXT),
    ...cuts.map(([name, cut]) => deflated(['6.1', `text in ${name}`], (peer) => inParts(peer, MESSAGE, cut))),
    ...cuts.map(([name, cut]) => deflated(['6.1', `noise in ${name}`], (peer) => inParts(peer, noise(100), cut))),
  ]
}

function large(): Case[] {
  const kinds: [name: string, message: () => Bytes][] = [
    ['64 KiB of prose', () => prose(65_536)],
    ['8 KiB of noise', () => noise(8_192)],
    ['64 KiB of noise', () => noise(65_536)],
  ]
  return [
    ...kinds.flatMap(([name, message]) => (name.startsWith('8') ? [1, 2, 3] : [64, 125, 126, 1_000, 16_384]).map((size) =>
      deflated(['6.1', `${name} in fragments of ${size}`], (peer) => inParts(peer, message(), (payload) => slices(payload, size))))),
    deflated(['6.1', '1 MiB of noise in fragments of 64'], (peer) => inParts(peer, noise(1_048_576), (payload) => slices(payload, 64))),
    deflated(
      ['6.1', '1 MiB of prose in fragments of 1009'],
      (peer) => inParts(peer, prose(1_048_576), (payload) => slices(payload, 1_009)),
    ),
  ]
}

/** TCP cuts, which mean even less. */
function segments(): Case[] {
  return [
    ...[1, 2, 3, 7].map((size) => deflated(['6.1', `a compressed frame in pieces of ${size}`], async (peer) => {
      await peer.writeInPieces(compressed(peer, MESSAGE), size)
      await peer.expect(text(MESSAGE))
    })),
    deflated(['6.1', 'compressed fragments in pieces of 1'], async (peer) => {
      await peer.writeInPieces(Buffer.concat(fragments(TEXT, slices(peer.deflate(MESSAGE), 4), RSV1)), 1)
      await peer.expect(text(MESSAGE))
    }),
    deflated(['6.1', '256 KiB of noise in one frame, in pieces of 4099'], async (peer) => {
      await peer.writeInPieces(compressed(peer, noise(262_144)), 4_099)
      await peer.expect(seenAs(noise(262_144)))
    }),
  ]
}

/** RFC 7692 §6: control frames are never compressed, and stand between the fragments of compressed messages as of others. */
function controlBetween(): Case[] {
  return [
    deflated(['6.1', 'Ping between compressed fragments is answered before the last one comes'], async (peer) => {
      const [first, ...others] = fragments(TEXT, slices(peer.deflate(MESSAGE), 10), RSV1)
      peer.write(Buffer.concat([first!, frame(PING, 'between')]))
      await peer.expect(pong('between'))
      peer.write(Buffer.concat(others))
      await peer.expect(text(MESSAGE))
    }),
    deflated(['6.1', 'Ping after every compressed fragment'], async (peer) => {
      for (const [index, fragment] of fragments(TEXT, [...slices(peer.deflate(MESSAGE), 1), ''], RSV1).slice(0, -1).entries()) {
        peer.write(Buffer.concat([fragment, frame(PING, `ping ${index}`)]))
        await peer.expect(pong(`ping ${index}`))
      }
      peer.write(frame(CONTINUATION))
      await peer.expect(text(MESSAGE))
    }),
    deflated(['6.1', 'Pongs between compressed fragments'], async (peer) => {
      peer.write(Buffer.concat(fragments(TEXT, slices(peer.deflate(MESSAGE), 3), RSV1).flatMap((each) => [frame(PONG, 'no'), each])))
      await peer.expect(text(MESSAGE))
    }),
    deflated(['5.1', 'Close between compressed fragments'], async (peer) => {
      const [first] = fragments(TEXT, slices(peer.deflate(MESSAGE), 10), RSV1)
      peer.write(Buffer.concat([first!, frame(CLOSE, closeBody(1000))]))
      await peer.expect(close(1000), END)
    }),
    deflated(['6.1', 'Ping right behind a compressed message'], async (peer) => {
      peer.write(Buffer.concat([compressed(peer, MESSAGE), frame(PING, 'behind')]))
      const seen = [await peer.next(), await peer.next()].toSorted((one, other) => one.localeCompare(other))
      if (seen.join() !== [pong('behind'), text(MESSAGE)].join()) throw new Error(`got ${seen.join(', ')}`)
    }),
  ]
}

/** RFC 7692 §6: each message is compressed or not. */
function inTurn(): Case[] {
  return [
    deflated(['6', 'compressed and uncompressed messages in turn'], async (peer) => {
      for (let round = 0; round < 5; round++) {
        await roundTrip(peer, MESSAGE)
        peer.write(Buffer.concat([frame(TEXT, MESSAGE), ...fragments(TEXT, ['un', 'compressed'])]))
        await peer.expect(text(MESSAGE), text('uncompressed'))
        await inParts(peer, MESSAGE, (payload) => slices(payload, 6))
      }
    }),
    deflated(['6', '300 compressed and uncompressed messages in one segment'], async (peer) => {
      const messages = Array.from({ length: 300 }, (_, index) => `${MESSAGE} ${index}`)
      peer.write(Buffer.concat(messages.map((each, index) => (index % 3 === 0 ? frame(TEXT, each) : compressed(peer, each)))))
      await peer.expect(...messages.map((each) => text(each)))
    }),
    deflated(['6', 'an uncompressed message that looks compressed'], async (peer) => {
      peer.write(frame(BINARY, Buffer.from('f248cdc9c90700', 'hex')))
      await peer.expect(seenAs(Buffer.from('f248cdc9c90700', 'hex')))
    }),
    deflated(['6455 §6.2', 'FIN right behind compressed messages'], async (peer) => {
      const messages = Array.from({ length: 50 }, (_, index) => `${MESSAGE} ${index}`)
      peer.write(Buffer.concat(messages.map((each) => compressed(peer, each))))
      peer.end()
      await receives(peer, messages.map((each) => text(each)))
    }),
    deflated(['6455 §6.2', 'FIN right behind a compressed MiB and ten messages'], async (peer) => {
      const messages = [prose(1_048_576), ...Array.from({ length: 10 }, (_, index) => `${MESSAGE} ${index}`)]
      peer.write(Buffer.concat(messages.map((each) => compressed(peer, each))))
      peer.end()
      await receives(peer, messages.map((each) => text(each)))
    }),
    deflated(['6455 §5.5.1', 'Close right behind compressed messages'], async (peer) => {
      const messages = Array.from({ length: 50 }, (_, index) => `${MESSAGE} ${index}`)
      peer.write(Buffer.concat([...messages.map((each) => compressed(peer, each)), frame(CLOSE, closeBody(1000))]))
      await peer.expect(...messages.map((each) => text(each)), close(1000), END)
    }),
  ]
}

export const compressedFragments: Theme = {
  name: 'Compression: fragments',
  rfc: 7692,
  cases: [...cutAnywhere(), ...large(), ...segments(), ...controlBetween(), ...inTurn()],
}
