// Opening handshakes that are right, however unusual they look (RFC 6455 §4.2.1, §4.2.2).
import { type Case, type Theme, closesCleanly, rawConversation, staysOpen } from '../../../case.js'
import { CLOSE, PING, TEXT, closeBody, frame, slices } from '../../../wire/frame.js'
import { acceptFor, faultOf, randomKey } from '../../../wire/handshake.js'
import type { ClientPeer } from '../../../wire/client-peer.js'
import { Mismatch } from '../../../wire/peer.js'
import { END, close, pong, text } from '../../../wire/seen.js'
import { type Attempt, EXAMPLE_KEY, accepted } from './attempt.js'

/** RFC 6455 §1.3. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const LOWER_CASE = { 'Sec-WebSocket-Version': undefined, 'sec-websocket-version': '13' }
const FOLDED_CASE = { Upgrade: undefined, Connection: undefined, UPGRADE: 'websocket', cOnNeCtIoN: 'upgrade' }

const NAMES: Attempt[] = [
  { name: 'Upgrade: WebSocket', section: '4.2.1', fields: { Upgrade: 'WebSocket' } },
  { name: 'Upgrade: WEBSOCKET', section: '4.2.1', fields: { Upgrade: 'WEBSOCKET' } },
  { name: 'Upgrade is a list', section: '4.2.1', fields: { Upgrade: 'foo/2, websocket' } },
  { name: 'Connection: upgrade', section: '4.2.1', fields: { Connection: 'upgrade' } },
  { name: 'Connection: UPGRADE', section: '4.2.1', fields: { Connection: 'UPGRADE' } },
  { name: 'Connection: keep-alive, Upgrade', section: '4.2.1', fields: { Connection: 'keep-alive, Upgrade' } },
  { name: 'Connection: Upgrade,keep-alive', section: '4.2.1', fields: { Connection: 'Upgrade,keep-alive' } },
  { name: 'Connection with empty elements', section: '4.2.1', fields: { Connection: ', Upgrade ,, ' } },
  { name: 'Connection in two fields', section: '4.2.1', fields: { Connection: ['keep-alive', 'Upgrade'] } },
  { name: 'names of fields in lower case', section: '4.2.1', fields: LOWER_CASE },
  { name: 'names of fields in any case', section: '4.2.1', fields: FOLDED_CASE },
  { name: 'unknown fields', section: '4.2.1', fields: { Cookie: 'a=b', 'X-Unknown': 'yes', 'User-Agent': 'conformance' } },
  { name: '50 unknown fields', section: '4.2.1', fields: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`X-${at}`, 'v'])) },
  { name: 'a random key', section: '4.2.2', fields: {} },
  { name: 'a key of zeros', section: '4.2.1', fields: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' } },
  { name: 'a key with + and /', section: '4.2.1', fields: { 'Sec-WebSocket-Key': '+/+/+/+/+/+/+/+/+/+/+w==' } },
  { name: 'one subprotocol, or none', section: '4.2.2', fields: { 'Sec-WebSocket-Protocol': 'x-one' }, subprotocols: ['x-one'] },
  {
    name: 'one of two subprotocols, or none',
    section: '4.2.2',
    fields: { 'Sec-WebSocket-Protocol': 'x-one, x-two' },
    subprotocols: ['x-one', 'x-two'],
  },
  {
    name: 'subprotocols in two fields',
    section: '11.3.4',
    fields: { 'Sec-WebSocket-Protocol': ['x-one', 'x-two'] },
    subprotocols: ['x-one', 'x-two'],
  },
]

/** RFC 6455 §9.1: a server that does not know them leaves them out of its answer. */
const EXTENSIONS: [name: string, value: string | string[]][] = [
  ['an unknown extension', 'x-unknown'],
  ['an unknown extension with parameters', 'x-unknown; a; b=1; c="2"'],
  ['unknown extensions in a list', 'x-one, x-two; a=1, x-one'],
  ['unknown extensions in two fields', ['x-one', 'x-two; a']],
  ['an extension without spaces', 'x-one;a;b=1,x-two'],
  ['an extension with many spaces', 'x-one \t;  a  ;\tb=1 ,  x-two'],
  ['an extension list with empty elements', 'x-one, ,, x-two,'],
  ['an extension called __proto__', '__proto__; constructor=1; toString'],
  ['a quoted token', 'x-one; a="token"'],
  ['a quoted token with an escape', 'x-one; a="to\\ken"'],
]

function unknownExtensions(): Case[] {
  return EXTENSIONS.map(([name, value]) =>
    accepted({ name: `${name} is not accepted`, section: '9.1', fields: { 'Sec-WebSocket-Extensions': value } }))
}

function example(): Case {
  return rawConversation(['1.3', 'the example of the RFC'], async (peer) => {
    const { headers } = await peer.request({ 'Sec-WebSocket-Key': EXAMPLE_KEY })
    const accept = headers.get('sec-websocket-accept')
    if (accept !== ACCEPT || accept !== acceptFor(EXAMPLE_KEY)) throw new Mismatch(`Sec-WebSocket-Accept is ${accept}, not ${ACCEPT}`)
    await staysOpen(peer)
  })
}

async function switched(peer: ClientPeer, key: string): Promise<void> {
  const problem = faultOf(await peer.answer(), { key })
  if (problem !== undefined) throw new Mismatch(problem)
}

function inPieces(size: number): Case {
  return rawConversation(['4.2.1', `a request in pieces of ${size}`], async (peer) => {
    const key = randomKey()
    await peer.writeInPieces(peer.requestBytes({ 'Sec-WebSocket-Key': key }), size)
    await switched(peer, key)
    await staysOpen(peer)
  })
}

/**
 * Frames in the same segment as the request. RFC 6455 §4.1 has the client wait for the answer; but a proxy or TCP may join what was
 * sent apart, and no rule lets the server lose what it received.
 */
function earlyData(): Case[] {
  const withRequest = (name: string, frames: Buffer, seen: string[]): Case => rawConversation(['4.2.2', name], async (peer) => {
    const key = randomKey()
    peer.write(Buffer.concat([peer.requestBytes({ 'Sec-WebSocket-Key': key }), frames]))
    await switched(peer, key)
    await peer.expect(...seen)
  })
  const messages = ['one', 'two', 'three'].map((each) => frame(TEXT, each))
  return [
    withRequest('text behind the request, in one segment', Buffer.concat([frame(TEXT, 'early'), frame(PING)]), [text('early'), pong()]),
    withRequest('three messages behind the request, in one segment', Buffer.concat(messages), [text('one'), text('two'), text('three')]),
    withRequest('64 KiB behind the request, in one segment', frame(TEXT, 'x'.repeat(65_536)), [text('x'.repeat(65_536))]),
    withRequest('Close behind the request, in one segment', frame(CLOSE, closeBody(1000)), [close(1000), END]),
    withRequest('a broken frame behind the request, in one segment', frame(TEXT, '', { rsv: 2 }), [close(1002), END]),
    rawConversation(['4.2.2', 'half a frame behind the request, the rest later'], async (peer) => {
      const key = randomKey()
      const [first, second] = slices(frame(TEXT, 'in two halves'), 10) as [Buffer, Buffer]
      peer.write(Buffer.concat([peer.requestBytes({ 'Sec-WebSocket-Key': key }), first]))
      await switched(peer, key)
      peer.write(second)
      await peer.expect(text('in two halves'))
      await closesCleanly(peer)
    }),
  ]
}

export const handshakeAccepted: Theme = {
  name: 'Opening handshake: right',
  rfc: 6455,
  cases: [example(), ...NAMES.map((each) => accepted(each)), ...unknownExtensions(), ...[1, 7, 64].map(inPieces), ...earlyData()],
}
