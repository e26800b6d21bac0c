// What a client sends by itself (RFC 6455 §5.1, §5.3): masked with keys that nobody can foresee, in the shortest form, without bits that
// were not agreed on. wire/frame-reader.ts judges every frame of every case; these make the client send.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answering, only, staysOpen } from '../../../case.js'
import { letters, pattern, prose } from '../../../payloads.js'
import { Mismatch } from '../../../wire/peer.js'
import { binary, text } from '../../../wire/seen.js'
import type { ServerPeer } from '../../../wire/server-peer.js'

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 124, 125, 126, 127, 128, 1000, 4096, 65_534, 65_535, 65_536, 65_537, 1_048_576]
const COMPRESSION = { compression: {} }

async function opened(peer: ServerPeer, extensions?: string): Promise<void> {
  peer.respond({ 'Sec-WebSocket-Extensions': extensions })
  await staysOpen(peer)
}

function sizes(): Case[] {
  return SIZES.flatMap((size) => [
    answering(['5.2', `text of ${size} bytes`], {}, async (peer) => {
      await opened(peer)
      peer.session.send(letters(size))
      await peer.expect(text(letters(size)))
    }),
    answering(['5.2', `binary of ${size} bytes`], {}, async (peer) => {
      await opened(peer)
      peer.session.send(pattern(size))
      await peer.expect(binary(pattern(size)))
    }),
  ])
}

function contents(): Case[] {
  return [
    answering(['8.1', 'half a surrogate is sent as U+FFFD'], {}, async (peer) => {
      await opened(peer)
      peer.session.send('a\ud800b')
      await peer.expect(text('a\ufffdb'))
    }),
    answering(['5.6', '1000 messages at once, in order'], {}, async (peer) => {
      await opened(peer)
      const messages = Array.from({ length: 1_000 }, (_, at) => `message ${at}`)
      for (const each of messages) peer.session.send(each)
      await peer.expect(...messages.map((each) => text(each)))
    }),
    answering(['5.3', 'bytes are not changed where the application has them'], {}, async (peer) => {
      await opened(peer)
      const bytes = pattern(5_000)
      peer.session.send(bytes)
      await peer.expect(binary(pattern(5_000)))
      if (!bytes.equals(pattern(5_000))) throw new Mismatch('they were masked in place')
    }),
    answering(['5.5.2', 'a Ping'], {}, async (peer) => {
      await opened(peer)
      peer.session.ping()
      await peer.expect('ping')
    }),
  ]
}

/** RFC 6455 §5.2, RFC 7692 §6: RSV1 where it was agreed on, and nowhere else. */
function compression(): Case[] {
  const sends = async (peer: ServerPeer): Promise<void> => {
    for (const message of [prose(70_000), Buffer.from(prose(3_000)), 'a', '']) {
      peer.session.send(message)
      await peer.expect(typeof message === 'string' ? text(message) : binary(message))
    }
  }
  return [
    answering(['5.2', 'uncompressed, where the server has declined'], COMPRESSION, async (peer) => {
      await opened(peer)
      await sends(peer)
    }),
    answering(['5.2', 'uncompressed, where nothing was offered'], {}, async (peer) => {
      await opened(peer)
      await sends(peer)
    }),
    answering(['7692 §6', 'compressed, where the server has accepted'], COMPRESSION, async (peer) => {
      await opened(peer, 'permessage-deflate')
      await sends(peer)
      if (peer.compressedCount === 0) throw new Mismatch('70 KiB of prose came uncompressed')
    }),
  ]
}

const COUNT = 2_000
/** Of 2,000 keys of 32 random bits about one in 2,000 runs has a pair: four say that they are not. */
const MAX_REPEATED = 3
/** A bit that is set in fewer, or in more, is far beyond chance: 9 standard deviations. */
const LEAST = COUNT / 2 - 9 * Math.sqrt(COUNT) / 2

async function keysOf(peer: ServerPeer): Promise<number[]> {
  await opened(peer)
  peer.keys.length = 0
  const messages = Array.from({ length: COUNT }, () => 'x')
  for (const each of messages) peer.session.send(each)
  await peer.expect(...messages.map((each) => text(each)))
  return peer.keys.map((key) => key.readUInt32BE())
}

/** @param judge what is wrong with the keys of one connection; undefined when nothing is */
function judged(name: string, judge: (keys: readonly number[]) => string | undefined): Case {
  return answering(['5.3', name], {}, async (peer) => {
    const problem = judge(await keysOf(peer))
    if (problem !== undefined) throw new Mismatch(problem)
  })
}

/** RFC 6455 §5.3, §10.3: a fresh key for each frame, from a strong source. What can be seen of that from outside. */
function keys(): Case[] {
  return [
    judged('a key for each frame', (all) => (COUNT - new Set(all).size > MAX_REPEATED ? 'keys come again' : undefined)),
    judged('no step leads from key to key', (all) => {
      const steps = new Set(all.slice(1).flatMap((key, index) => [`+${(key - all[index]!) >>> 0}`, `^${(key ^ all[index]!) >>> 0}`]))
      return 2 * (COUNT - 1) - steps.size > 2 * MAX_REPEATED ? 'the same step again' : undefined
    }),
    judged('each bit of the key is set in half of them', (all) => {
      const bits = Array.from({ length: 32 }, (_, bit) => all.filter((key) => ((key >>> bit) & 1) === 1).length)
      const at = bits.findIndex((count) => count < LEAST || count > COUNT - LEAST)
      return at < 0 ? undefined : `bit ${at} is set in ${bits[at]} of ${COUNT}`
    }),
    otherConnections(),
  ]
}

function otherConnections(): Case {
  const all: number[] = []
  const one = answering(['5.3', 'other keys on another connection'], {}, async (peer) => { all.push(...await keysOf(peer)) })
  const run: Case['run'] = async (target) => {
    all.length = 0
    for (let count = 0; count < 3; count++) await one.run(target)
    if (all.length - new Set(all).size > 2 * MAX_REPEATED) throw new Mismatch('keys of another connection come again')
  }
  return { ...one, run }
}

export const sending: Theme = {
  name: 'What a client sends',
  rfc: 6455,
  cases: only('client', [...sizes(), ...contents(), ...compression(), ...keys()]),
}
