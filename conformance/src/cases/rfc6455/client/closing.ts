// The closing handshake as a client begins it, and who ends TCP (RFC 6455 §5.5.1, §7.1.1): the server, and the client only after it.
import { Buffer } from 'node:buffer'
import { setTimeout as wait } from 'node:timers/promises'
import { type Case, type Theme, type Title, answering, only, staysOpen } from '../../../case.js'
import { letters } from '../../../payloads.js'
import { CLOSE, CONTINUATION, PING, TEXT, closeBody, frame, toBytes } from '../../../wire/frame.js'
import { Mismatch } from '../../../wire/peer.js'
import { END, close, text } from '../../../wire/seen.js'
import type { ServerPeer } from '../../../wire/server-peer.js'

/** In ms: what a client does at once, it does by then. */
const AT_ONCE = 100

function closing([section, name]: Title, run: (peer: ServerPeer) => Promise<void>): Case {
  return answering([section, name], {}, async (peer) => {
    peer.endsTcp = false
    peer.respond()
    await staysOpen(peer)
    await run(peer)
  })
}

/** Both have sent Close: now TCP ends, from whichever end first. */
async function ends(peer: ServerPeer): Promise<void> {
  peer.end()
  await peer.expect(END)
}

/** The server takes its time to end TCP: until then the client does not, and then it does. */
async function endsAfterUs(peer: ServerPeer): Promise<void> {
  await wait(AT_ONCE)
  if (!peer.isSilent) throw new Mismatch(`before the server has ended TCP: ${await peer.next()}`)
  await ends(peer)
}

const REASONS: [code: number, reason: string][] = [
  [1000, ''], [1000, 'done'], [3000, 'r'.repeat(123)], [4999, '\u20ac'.repeat(41)], [4000, '\0'],
]

function closesWith([code, reason]: (typeof REASONS)[number]): Case {
  return closing(['5.5.1', `the client closes with ${code} and ${toBytes(reason).length} bytes`], async (peer) => {
    peer.session.close(code, reason)
    await peer.expect(close(code))
    peer.write(frame(CLOSE, closeBody(code)))
    await ends(peer)
  })
}

function byClient(): Case[] {
  const answered = (name: string, answer: Buffer): Case => closing(['5.5.1', name], async (peer) => {
    peer.session.close(1000)
    await peer.expect(close(1000))
    peer.write(answer)
    await ends(peer)
  })
  return [
    ...REASONS.map(closesWith),
    answered('the client closes, the server answers with another code', frame(CLOSE, closeBody(1001, 'bye'))),
    answered('the client closes, the server answers without a code', frame(CLOSE)),
    answered('the client closes, the server answers behind a Ping', Buffer.concat([frame(PING), frame(CLOSE, closeBody(1000))])),
    closing(['5.5.1', 'the client closes, and sends nothing more'], async (peer) => {
      peer.session.send('before')
      peer.session.close(1000)
      peer.write(frame(TEXT, 'an echo would come too late'))
      await peer.expect(text('before'), close(1000))
      peer.write(frame(CLOSE, closeBody(1000)))
      await ends(peer)
    }),
    closing(['5.5.1', 'the client closes behind 1 MiB'], async (peer) => {
      peer.session.send(letters(1_048_576))
      peer.session.close(1000)
      await peer.expect(text(letters(1_048_576)), close(1000))
      peer.write(frame(CLOSE, closeBody(1000)))
      await ends(peer)
    }),
    closing(['7.1.6', 'the client closes, and gets messages until the answer comes'], async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.write(Buffer.concat([frame(TEXT, 'late'), frame(TEXT, 'la', { fin: false }), frame(CONTINUATION, 'ter')]))
      peer.write(frame(CLOSE, closeBody(1000)))
      peer.end()
      await peer.delivers([text('late'), text('later')])
      await peer.expect(END)
    }),
    closing(['7.1.5', 'the client closes, the server ends TCP without Close'], async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      await ends(peer)
    }),
  ]
}

function byServer(): Case[] {
  return [
    closing(['5.5.1', 'the server closes, and ends TCP right behind'], async (peer) => {
      peer.write(frame(CLOSE, closeBody(1000)))
      peer.end()
      await peer.expect(close(1000), END)
    }),
    closing(['5.5.1', 'the server closes, the application sends and closes: too late'], async (peer) => {
      peer.write(frame(CLOSE, closeBody(1000)))
      await peer.expect(close(1000))
      peer.session.send('too late')
      peer.session.close(4000)
      await ends(peer)
    }),
  ]
}

function serverCloses(code: number): Case {
  return closing(['7.1.1', `the server closes with ${code}, and the end of TCP is left to it`], async (peer) => {
    peer.write(frame(CLOSE, closeBody(code, 'bye')))
    await peer.expect(close(code))
    await endsAfterUs(peer)
  })
}

/** RFC 6455 §7.1.1: the server SHOULD be the first, so that it is not the one that keeps the state of a TCP connection that has ended. */
function whoEndsTcp(): Case[] {
  return [
    closing(['7.1.1', 'the client closes, and leaves the end of TCP to the server'], async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.write(frame(CLOSE, closeBody(1000)))
      await endsAfterUs(peer)
    }),
    ...[1000, 1001, 4000].map(serverCloses),
    closing(['7.1.1', 'both close at once, and the end of TCP is left to the server'], async (peer) => {
      peer.write(frame(CLOSE, closeBody(1001)))
      peer.session.close(1000)
      await peer.expect([close(1000), close(1001)])
      await endsAfterUs(peer)
    }),
  ]
}

export const closingOfClient: Theme = {
  name: 'Closing handshake of a client',
  rfc: 6455,
  cases: only('client', [...byClient(), ...byServer(), ...whoEndsTcp()]),
}
