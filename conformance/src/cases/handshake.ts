// The opening handshake, as a server has to read and answer it (RFC 6455 §4.2).
import { Buffer } from 'node:buffer'
import { type Case, type Theme, rawConversation, staysOpen } from '../case.js'
import { type Answer, type RequestFields, type RequestLine, acceptFor, faultOf, randomKey, requestHead } from '../wire/handshake.js'
import { Mismatch } from '../wire/peer.js'

/** The example of RFC 6455 §1.3. */
const EXAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const LOWER_CASE = { 'Sec-WebSocket-Version': undefined, 'sec-websocket-version': '13' }

interface Attempt {
  readonly name: string
  readonly section: string
  readonly fields: RequestFields
  readonly line?: RequestLine
}

/** Leads to a 101 that fits, without an extension or a subprotocol, and to a working connection. */
function accepted({ name, section, fields, line }: Attempt): Case {
  return rawConversation([section, name], async (peer) => {
    const key = randomKey()
    const problem = faultOf(await peer.request({ 'Sec-WebSocket-Key': key, ...fields }, line), String(fields['Sec-WebSocket-Key'] ?? key))
    if (problem !== undefined) throw new Mismatch(problem)
    await staysOpen(peer)
  })
}

/** RFC 6455 §4.2.1: the server MUST stop processing and answer with an HTTP error code. */
function refused({ name, section, fields, line }: Attempt, check: (answer: Answer) => string | undefined = isClientError): Case {
  return rawConversation([section, name], async (peer) => {
    const problem = check(await peer.request({ 'Sec-WebSocket-Key': EXAMPLE_KEY, ...fields }, line))
    if (problem !== undefined) throw new Mismatch(problem)
  })
}

function isClientError({ status }: Answer): string | undefined {
  return status >= 400 && status < 500 ? undefined : `status ${status} instead of 4xx`
}

/** Without Upgrade it is a plain request, and the server's own affair what it answers. */
function isNotSwitched({ status }: Answer): string | undefined {
  return status === 101 ? 'status 101' : undefined
}

/** RFC 6455 §4.4: the answer names the versions that the server understands. */
function namesVersion(answer: Answer): string | undefined {
  const versions = answer.headers.get('sec-websocket-version')?.split(/\s*,\s*/) ?? []
  return isClientError(answer) ?? (versions.includes('13') ? undefined : 'Sec-WebSocket-Version does not name 13')
}

function right(): Case[] {
  return [
    rawConversation(['4.2.2', 'one of the offered subprotocols, or none'], async (peer) => {
      const fields = { 'Sec-WebSocket-Key': EXAMPLE_KEY, 'Sec-WebSocket-Protocol': 'x-one, x-two' }
      const problem = faultOf(await peer.request(fields), EXAMPLE_KEY, ['x-one', 'x-two'])
      if (problem !== undefined) throw new Mismatch(problem)
    }),
    rawConversation(['1.3', 'the example of the RFC'], async (peer) => {
      const { headers } = await peer.request({ 'Sec-WebSocket-Key': EXAMPLE_KEY })
      const accept = headers.get('sec-websocket-accept')
      if (accept !== ACCEPT || accept !== acceptFor(EXAMPLE_KEY)) throw new Mismatch(`Sec-WebSocket-Accept is ${accept}, not ${ACCEPT}`)
      await staysOpen(peer)
    }),
    rawConversation(['4.2.1', 'a request in pieces of 1'], async (peer, { url }) => {
      await peer.writeInPieces(requestHead(url, { 'Sec-WebSocket-Key': EXAMPLE_KEY }), 1)
      const problem = faultOf(await peer.answer(), EXAMPLE_KEY)
      if (problem !== undefined) throw new Mismatch(problem)
      await staysOpen(peer)
    }),
    ...[
      { name: 'Upgrade: WebSocket', section: '4.2.1', fields: { Upgrade: 'WebSocket' } },
      { name: 'Upgrade: WEBSOCKET', section: '4.2.1', fields: { Upgrade: 'WEBSOCKET' } },
      { name: 'Upgrade is a list', section: '4.2.1', fields: { Upgrade: 'foo/2, websocket' } },
      { name: 'Connection: keep-alive, Upgrade', section: '4.2.1', fields: { Connection: 'keep-alive, Upgrade' } },
      { name: 'Connection: upgrade', section: '4.2.1', fields: { Connection: 'upgrade' } },
      { name: 'Connection in two fields', section: '4.2.1', fields: { Connection: ['keep-alive', 'Upgrade'] } },
      { name: 'unknown fields', section: '4.2.1', fields: { Cookie: 'a=b', 'X-Unknown': 'yes', 'User-Agent': 'conformance' } },
      { name: 'names of fields in lower case', section: '4.2.1', fields: LOWER_CASE },
      { name: 'an unknown extension is not accepted', section: '9.1', fields: { 'Sec-WebSocket-Extensions': 'x-unknown; a; b=1; c="2"' } },
      { name: 'unknown extensions in two fields', section: '11.3.2', fields: { 'Sec-WebSocket-Extensions': ['x-one', 'x-two; a'] } },
      { name: 'a random key', section: '4.2.2', fields: {} },
    ].map(accepted),
  ]
}

function wrongRequest(): Case[] {
  return [
    ...['POST', 'PUT', 'DELETE', 'OPTIONS'].map((method) =>
      refused({ name: `method ${method}`, section: '4.2.1', fields: {}, line: { method } })),
    refused({ name: 'HTTP/1.0', section: '4.2.1', fields: {}, line: { version: '1.0' } }),
    refused({ name: 'no Host', section: '4.2.1', fields: { Host: undefined } }),
    refused({ name: 'two Hosts', section: '4.2.1', fields: { Host: ['one.example', 'two.example'] } }),
    refused({ name: 'no Upgrade', section: '4.2.1', fields: { Upgrade: undefined } }, isNotSwitched),
    refused({ name: 'Upgrade: h2c', section: '4.2.1', fields: { Upgrade: 'h2c' } }, isNotSwitched),
    refused({ name: 'Upgrade: websockets', section: '4.2.1', fields: { Upgrade: 'websockets' } }, isNotSwitched),
    refused({ name: 'no Connection', section: '4.2.1', fields: { Connection: undefined } }, isNotSwitched),
    refused({ name: 'Connection: keep-alive', section: '4.2.1', fields: { Connection: 'keep-alive' } }, isNotSwitched),
  ]
}

function wrongVersion(): Case[] {
  return [
    ...['0', '7', '8', '12', '14', '99'].map((version) =>
      refused({ name: `version ${version}`, section: '4.4', fields: { 'Sec-WebSocket-Version': version } }, namesVersion)),
    ...['', 'abc', '013', '13.0', '13, 8', '1 3'].map((version) =>
      refused({ name: `version "${version}"`, section: '4.2.1', fields: { 'Sec-WebSocket-Version': version } })),
    refused({ name: 'no version', section: '4.2.1', fields: { 'Sec-WebSocket-Version': undefined } }),
    refused({ name: 'two versions', section: '11.3.5', fields: { 'Sec-WebSocket-Version': ['13', '13'] } }),
  ]
}

function wrongKey(): Case[] {
  const keys: [name: string, key: string][] = [
    ['empty', ''],
    ['of 15 bytes', Buffer.alloc(15, 1).toString('base64')],
    ['of 17 bytes', Buffer.alloc(17, 1).toString('base64')],
    ['of 0 bytes', '===='],
    ['without padding', EXAMPLE_KEY.slice(0, 22)],
    ['with characters outside of base64', 'dGhlIHNhbXBsZSBub25j*Q=='],
    ['with a space', 'dGhlIHNhbXBsZSB ub25jZQ=='],
  ]
  return [
    ...keys.map(([name, key]) => refused({ name: `key ${name}`, section: '4.2.1', fields: { 'Sec-WebSocket-Key': key } })),
    refused({ name: 'no key', section: '4.2.1', fields: { 'Sec-WebSocket-Key': undefined } }),
    refused({ name: 'two keys', section: '11.3.1', fields: { 'Sec-WebSocket-Key': [EXAMPLE_KEY, EXAMPLE_KEY] } }),
  ]
}

function wrongLists(): Case[] {
  const extensions = ['', ',', ';', 'x y', 'x; =1', 'x; a=', 'x; a="', 'x; a="b c"', 'x; a=b=c', '"x"']
  const subprotocols = ['', ',', 'x y', '"x"', 'x/y', 'x, x']
  return [
    ...extensions.map((value) =>
      refused({ name: `extensions ${JSON.stringify(value)}`, section: '9.1', fields: { 'Sec-WebSocket-Extensions': value } })),
    ...subprotocols.map((value) =>
      refused({ name: `subprotocols ${JSON.stringify(value)}`, section: '4.1', fields: { 'Sec-WebSocket-Protocol': value } })),
  ]
}

export const handshake: Theme = {
  name: 'Opening handshake',
  cases: [...right(), ...wrongRequest(), ...wrongVersion(), ...wrongKey(), ...wrongLists()],
}
