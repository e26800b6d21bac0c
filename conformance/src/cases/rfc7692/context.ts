// Context takeover (RFC 7692 §7.1.1, §7.2): what one message leaves behind for the next, in both directions.
import { Buffer } from 'node:buffer'
import type { Case, Theme } from '../../case.js'
import { noise, noisyText, prose } from '../../payloads.js'
import { BlockWriter, END_OF_BLOCK } from '../../wire/deflate-blocks.js'
import { PING, PONG, RSV1, TEXT, fragments, frame, slices } from '../../wire/frame.js'
import { Mismatch, type Peer } from '../../wire/peer.js'
import { pong, text } from '../../wire/seen.js'
import { OFFER_WITHOUT_CONTEXT, compressed, deflated, inflatesTo, plainRoundTrip, roundTrip } from './deflated.js'

const HELLO = Buffer.from('f248cdc9c90700', 'hex')
/** The example of RFC 7692 §7.2.3.2: the second "Hello" refers to the first. */
const HELLO_AGAIN = Buffer.from('f200110000', 'hex')

/** Only where the client may keep its context; where the server has asked it not to, there is nothing to check. */
function clientKeeps(section: string, name: string, run: (peer: Peer) => Promise<void>): Case {
  return deflated([section, name], async (peer) => {
    if (!peer.agreement!.clientNoContextTakeover) await run(peer)
  })
}

function ofClient(): Case[] {
  return [
    clientKeeps('7.2.3.2', 'the example of the RFC', async (peer) => {
      await inflatesTo(peer, HELLO, 'Hello')
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
    }),
    clientKeeps('7.2.3.2', 'a message that refers to one of the other kind', async (peer) => {
      await inflatesTo(peer, HELLO, Buffer.from('Hello'))
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
    }),
    clientKeeps('7.2.2', 'an uncompressed message is no part of the context', async (peer) => {
      await inflatesTo(peer, HELLO, 'Hello')
      peer.write(frame(TEXT, 'something else altogether'))
      await peer.expect(text('something else altogether'))
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
    }),
    clientKeeps('7.2.2', 'an empty message between', async (peer) => {
      await inflatesTo(peer, HELLO, 'Hello')
      await inflatesTo(peer, Buffer.from([0]), '')
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
    }),
    clientKeeps('7.2.2', 'control frames between', async (peer) => {
      await inflatesTo(peer, HELLO, 'Hello')
      peer.write(Buffer.concat([frame(PONG, 'between'), frame(PING, 'between')]))
      await peer.expect(pong('between'))
      await inflatesTo(peer, HELLO_AGAIN, 'Hello')
    }),
    clientKeeps('7.2.2', 'fragments that refer to fragments', async (peer) => {
      for (const payload of [HELLO, HELLO_AGAIN]) {
        peer.write(Buffer.concat(fragments(TEXT, slices(payload, 1), RSV1)))
        await peer.expect(text('Hello'))
      }
    }),
    ...[32_768, 32_767, 16_384, 300].map(farMatch),
    clientKeeps('7.1.2.2', 'a message of 100 KiB, and its end again', async (peer) => {
      const whole = noise(102_400)
      await roundTrip(peer, whole)
      await roundTrip(peer, whole.subarray(-20_000))
    }),
    clientKeeps('7.2.2', '1000 messages that refer to each other', async (peer) => {
      const messages = Array.from(
        { length: 1_000 },
        (_, index) => `{"user":"someone","index":${index},"text":"${noisyText(index % 20, index + 1)}"}`,
      )
      peer.write(Buffer.concat(messages.map((each) => compressed(peer, each))))
      await peer.expect(...messages.map((each) => text(each)))
    }),
  ]
}

function farMatch(distance: number): Case {
  return clientKeeps('7.1.2.2', `a match ${distance} bytes back, across messages`, async (peer) => {
    if (distance > 2 ** peer.agreement!.clientMaxWindowBits) return
    const first = noise(32_768)
    await inflatesTo(peer, new BlockWriter().stored(first).payload(), first)
    const match = new BlockWriter().fixed([{ length: 258, distance }, END_OF_BLOCK]).payload()
    await inflatesTo(peer, match, first.subarray(32_768 - distance, 32_768 - distance + 258))
  })
}

function withoutContext(): Case[] {
  return [
    deflated(['7.1.1.2', 'the client keeps no context, 100 messages alike'], async (peer) => {
      for (let count = 0; count < 100; count++) await inflatesTo(peer, HELLO, 'Hello')
    }, OFFER_WITHOUT_CONTEXT),
    ...[OFFER_WITHOUT_CONTEXT, 'permessage-deflate; server_no_context_takeover'].map((offer) =>
      deflated(['7.1.1.1', `the server keeps no context: ${offer}`], async (peer) => {
        for (let count = 0; count < 5; count++) {
          await roundTrip(peer, prose(2_000))
          await roundTrip(peer, noise(500))
        }
      }, offer)),
    deflated(['7.1.1.1', 'the server keeps no context, 200 answers at once'], async (peer) => {
      const messages = Array.from({ length: 200 }, (_, index) => `${prose(400)} ${index}`)
      peer.write(Buffer.concat(messages.map((each) => compressed(peer, each))))
      await peer.expect(...messages.map((each) => text(each)))
    }, OFFER_WITHOUT_CONTEXT),
  ]
}

/** The server's context, if it keeps one: the reader has the same, or its answers make no sense. */
function ofServer(): Case[] {
  const rounds: [name: string, messages: (string | Buffer)[]][] = [
    ['the same text ten times', new Array<string>(10).fill(prose(3_000))],
    ['noise ten times', new Array<Buffer>(10).fill(noise(3_000))],
    ['large and small in turn', [prose(100_000), 'a', prose(100_000), 'b', noise(50_000), prose(1_000)]],
    ['more than a window between', [noise(1_000), noise(40_000, 2), noise(1_000), prose(40_000), noise(1_000)]],
    ['empty ones between', [prose(500), '', prose(500), '', '', prose(500)]],
  ]
  return rounds.flatMap(([name, messages]) => [
    deflated(['7.2.1', `sent compressed: ${name}`], async (peer) => {
      for (const each of messages) await roundTrip(peer, each)
    }),
    deflated(['7.2.1', `sent uncompressed: ${name}`], async (peer) => {
      for (const each of messages) await plainRoundTrip(peer, each)
    }),
    deflated(['7.2.1', `sent compressed and uncompressed in turn: ${name}`], async (peer) => {
      for (const each of messages) {
        await roundTrip(peer, each)
        await plainRoundTrip(peer, each)
      }
    }),
  ])
}

/** RFC 7692 §6: a server need not compress; one that says it does should be seen doing it, or the checks of its answers are empty. */
function doesCompress(): Case {
  const { name, section, run } = deflated(['7.2.1', 'a server that claims to compress does'], async (peer) => {
    peer.write(frame(TEXT, prose(65_536)))
    await peer.expect(text(prose(65_536)))
    if (peer.compressedCount === 0) throw new Mismatch('64 KiB of prose came uncompressed')
  })
  return { name, section, run: (target) => (target.claimsCompression ? run(target) : Promise.resolve()) }
}

export const context: Theme = {
  name: 'Compression: context',
  rfc: 7692,
  cases: [...ofClient(), ...withoutContext(), ...ofServer(), doesCompress()],
}
