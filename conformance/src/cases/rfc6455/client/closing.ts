// The closing handshake as a client begins it, and who ends TCP (RFC 6455 §5.5.1, §7.1.1): the server, and the client only after it.
import { setTimeout as wait } from 'node:timers/promises'
import { type Case, type Theme, answering, only, staysOpen } from '../../../case.js'
import { letters } from '../../../payloads.js'
import { CLOSE, CONTINUATION, PING, TEXT, closeBody, frame } from '../../../wire/frame.js'
import { Mismatch } from '../../../wire/peer.js'
import { END, close, text } from '../../../wire/seen.js'
import type { ServerPeer } from '../../../wire/server-peer.js'

/** In ms: what a client does at once, it does by then. */
const AT_ONCE = 100

function closing(name: string, run: (peer: ServerPeer) => Promise<void>, section = '7.1.1'): Case {
  return answering([section, name], {}, async (peer) => {
    peer.endsTcp = false
    peer.respond()
    await staysOpen(peer)
    await run(peer)
  })
}

/** The server takes its time to end TCP: until then the client does not, and then it does. */
async function endsAfterUs(peer: ServerPeer): Promise<void> {
  await wait(AT_ONCE)
  if (!peer.isSilent) throw new Mismatch(`before the server has ended TCP: ${await peer.next()}`)
  peer.end()
  await peer.expect(END)
}

function byClient(): Case[] {
  const codes: [code: number, reason: string][] = [
    [1000, ''], [1000, 'done'], [3000, 'r'.repeat(123)], [4999, '\u20ac'.repeat(41)], [4000, '\0'],
  ]
  return [
    ...codes.map(([code, reason]) => closing(`the client closes with ${code} and ${Buffer.byteLength(reason)} bytes`, async (peer) => {
      peer.session.close(code, reason)
      await peer.expect(close(code))
      peer.write(frame(CLOSE, closeBody(code)))
      await endsAfterUs(peer)
    }, '5.5.1')),
    closing('the client closes, and sends nothing more', async (peer) => {
      peer.session.send('before')
      peer.session.close(1000)
      peer.write(frame(TEXT, 'an echo would come too late'))
      await peer.expect(text('before'), close(1000))
      peer.write(frame(CLOSE, closeBody(1000)))
      await endsAfterUs(peer)
    }, '5.5.1'),
    closing('the client closes behind 1 MiB', async (peer) => {
      peer.session.send(letters(1_048_576))
      peer.session.close(1000)
      await peer.expect(text(letters(1_048_576)), close(1000))
      peer.write(frame(CLOSE, closeBody(1000)))
      await endsAfterUs(peer)
    }, '5.5.1'),
    closing('the client closes, the server answers with another code', async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.write(frame(CLOSE, closeBody(1001, 'bye')))
      await endsAfterUs(peer)
    }, '5.5.1'),
    closing('the client closes, the server answers without a code', async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.write(frame(CLOSE))
      await endsAfterUs(peer)
    }, '5.5.1'),
    closing('the client closes, messages come before the answer and are delivered', async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.write(frame(TEXT, 'late'))
      peer.write(frame(TEXT, 'la', { fin: false }))
      peer.write(frame(CONTINUATION, 'ter'))
      peer.write(frame(PING, 'still there?'))
      peer.write(frame(CLOSE, closeBody(1000)))
      peer.end()
      await peer.delivers([text('late'), text('later')])
    }, '7.1.4'),
    closing('the client closes, the server ends TCP without Close', async (peer) => {
      peer.session.close(1000)
      await peer.expect(close(1000))
      peer.end()
      await peer.expect(END)
    }, '7.1.5'),
  ]
}

function byServer(): Case[] {
  return [
    ...[1000, 1001, 1012, 4000].map((code) => closing(`the server closes with ${code}, and ends TCP`, async (peer) => {
      peer.write(frame(CLOSE, closeBody(code, 'bye')))
      await peer.expect(close(code))
      await endsAfterUs(peer)
    })),
    closing('both close at once', async (peer) => {
      peer.write(frame(CLOSE, closeBody(1001)))
      peer.session.close(1000)
      await peer.expect([close(1000), close(1001)])
      await endsAfterUs(peer)
    }),
    closing('the server closes, and ends TCP in the same segment', async (peer) => {
      peer.write(frame(CLOSE, closeBody(1000)))
      peer.end()
      await peer.expect(close(1000), END)
    }),
    closing('the server closes, the application sends and closes: too late', async (peer) => {
      peer.write(frame(CLOSE, closeBody(1000)))
      await peer.expect(close(1000))
      peer.session.send('too late')
      peer.session.close(4000)
      await endsAfterUs(peer)
    }),
  ]
}

export const closingOfClient: Theme = { name: 'Closing handshake: who ends TCP', rfc: 6455, cases: only('client', [...byClient(), ...byServer()]) }
