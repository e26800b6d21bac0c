// Large messages (RFC 6455 §10.4, §7.4.1): 16 MiB are echoed in whatever frames they come; one byte more is 1009, as soon as a header
// says so.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, failed, fails, staysOpen } from '../../case.js'
import { letters, pattern } from '../../payloads.js'
import { BINARY, CONTINUATION, PING, TEXT, fragments, frame, slices } from '../../wire/frame.js'
import type { Peer } from '../../wire/peer.js'
import { binary, pong, text } from '../../wire/seen.js'

const KIB = 1024
const MIB = 1024 * KIB
const LIMIT = 16 * MIB

function nameOf(size: number): string {
  return size % MIB === 0 ? `${size / MIB} MiB` : size % KIB === 0 ? `${size / KIB} KiB` : `${size} bytes`
}

/** Made when the case runs: all of them at once would be too much. */
function echo(name: string, bytes: () => readonly Buffer[], seen: () => string): Case {
  return conversation(['5.4', name], async (peer: Peer) => {
    for (const each of bytes()) peer.write(each)
    await peer.expect(seen())
    await staysOpen(peer)
  })
}

function whole(): Case[] {
  return [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, LIMIT - 1, LIMIT].flatMap((size) => [
    echo(`text of ${nameOf(size)} in one frame`, () => [frame(TEXT, letters(size))], () => text(letters(size))),
    echo(`binary of ${nameOf(size)} in one frame`, () => [frame(BINARY, pattern(size))], () => binary(pattern(size))),
  ])
}

function inFragments(): Case[] {
  const sizes: [whole: number, fragment: number][] = [
    ...[64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB].map((fragment): [number, number] => [4 * MIB, fragment]),
    [MIB, 64], [MIB, 125], [MIB, 126], [LIMIT, 64 * KIB], [LIMIT, MIB],
  ]
  return sizes.flatMap(([size, fragment]) => [
    echo(
      `text of ${nameOf(size)} in fragments of ${nameOf(fragment)}`,
      () => batches(fragments(TEXT, slices(letters(size), fragment))),
      () => text(letters(size)),
    ),
    echo(
      `binary of ${nameOf(size)} in fragments of ${nameOf(fragment)}`,
      () => batches(fragments(BINARY, slices(pattern(size), fragment))),
      () => binary(pattern(size)),
    ),
  ])
}

/** Few large writes instead of many small ones. */
function batches(frames: readonly Buffer[]): Buffer[] {
  const count = 1024
  return Array.from(
    { length: Math.ceil(frames.length / count) },
    (_, index) => Buffer.concat(frames.slice(index * count, (index + 1) * count)),
  )
}

function inPieces(): Case[] {
  return [1_021, 16 * KIB, 64 * KIB].map((pieces) => {
    const payload = pattern(MIB)
    return answers(
      ['5.2', `1 MiB in one frame, in pieces of ${nameOf(pieces)}`],
      { bytes: frame(BINARY, payload), pieces },
      [binary(payload)],
    )
  })
}

/** RFC 6455 §7.4.1: 1009 for a message that is too big to process. Not a byte of the payload is needed to know. */
function tooLong(): Case[] {
  const declared = [LIMIT + 1, 2 * LIMIT, 0xffff_ffff, 0x1_0000_0000, 2 ** 53 - 1]
  const large = [0x0020_0000_0000_0001n, 0x0040_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn]
  return [...declared.map(BigInt), ...large].flatMap((declaredLength) => [
    fails(['7.4.1', `binary of ${declaredLength} bytes, before its payload comes`], { bytes: frame(BINARY, '', { declaredLength }) }, 1009),
    fails(['7.4.1', `text of ${declaredLength} bytes, before its payload comes`], { bytes: frame(TEXT, '', { declaredLength }) }, 1009),
    fails(
      ['7.4.1', `a first fragment of ${declaredLength} bytes, before its payload comes`],
      { bytes: frame(BINARY, '', { declaredLength, fin: false }) },
      1009,
    ),
  ])
}

/** RFC 6455 §10.4: "a maximum size for a message after reassembly from multiple frames". */
function tooLongTogether(): Case[] {
  const last: [name: string, bytes: Buffer][] = [
    ['1 byte more', frame(CONTINUATION, 'x')],
    ['1 byte more, before it comes', frame(CONTINUATION, '', { declaredLength: 1 })],
    ['1 byte more and no end', frame(CONTINUATION, 'x', { fin: false })],
    ['16 MiB more, before they come', frame(CONTINUATION, '', { declaredLength: LIMIT })],
  ]
  return last.map(([name, bytes]) => conversation(['10.4', `16 MiB in fragments, and ${name}`], async (peer) => {
    for (const each of fragments(BINARY, [...slices(pattern(LIMIT), MIB), '']).slice(0, -1)) peer.write(each)
    peer.write(frame(PING, 'so far'))
    await peer.expect(pong('so far'))
    peer.write(bytes)
    await failed(peer, 1009)
  }))
}

/** The limit is one message's: nothing adds up over messages. */
function inARow(): Case {
  return conversation(['10.4', 'six messages of 4 MiB'], async (peer) => {
    const payload = pattern(4 * MIB)
    for (let count = 0; count < 6; count++) {
      peer.write(frame(BINARY, payload))
      await peer.expect(binary(payload))
    }
    await staysOpen(peer)
  })
}

export const limits: Theme = {
  name: 'Limits',
  rfc: 6455,
  atOnce: 3,
  cases: [...whole(), ...inFragments(), ...inPieces(), ...tooLong(), ...tooLongTogether(), inARow()],
}
