// Answers to the handshake of a client, right ones and near ones, and not HTTP at all: it opens where RFC 6455 §4.1 lets it, tells a
// refusal from what is broken, and says what was refused; however the bytes are cut.
import { Buffer } from 'node:buffer'
import { RefusedError, WebSocketError } from '@tocsin/client'
import fc from 'fast-check'
import { listValue } from '../stream/header-values.js'
import { type Policy, answerNear, policy } from '../stream/negotiation.js'
import { openPlainServer } from '../stream/plain-server.js'
import { type Event, readByReference } from '../stream/reference.js'
import { type Verdict, verdictOn } from '../stream/response.js'
import { type Mutation, cutAt, cuts, mutate, mutations } from '../stream/wire.js'
import { type FuzzTarget, demand, demandSame } from '../target.js'

interface ResponsesInput {
  readonly subprotocols: readonly string[]
  readonly policy: Policy | null
  readonly interim: readonly string[]
  readonly statusLine: string
  /** `ACCEPT` in a value stands for what the client's key asks for. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Of the head. */
  readonly bends: readonly Mutation[]
  readonly body: Body
  readonly cuts: readonly number[]
}

interface Body {
  readonly size: number
  /** How a refusal's body is written; what a 101 has behind it instead are frames. */
  readonly form: 'bare' | 'length' | 'short' | 'long' | 'odd' | 'chunked' | 'cut'
  readonly chunk: number
}

const RIGHT = 'HTTP/1.1 101 Switching Protocols'
const NAMES = ['chat', 'x.y', 'Chat']
const mostly = <Value>(right: Value, ...others: fc.Arbitrary<Value>[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, ...others)

const OTHER_LINES = ['200 OK', '204 No Content', '304 ', '302 Found', '401 x', '503 a\u00e9'].map((line) => `HTTP/1.1 ${line}`)
const ODD_LINES = [
  'HTTP/1.1 101', 'HTTP/1.1 101 ', 'HTTP/1.0 101 x', 'HTTP/1.0 403 x', 'HTTP/1.1 600 x', 'HTTP/2 101 x', 'HTTP/1.1  101 x', '',
]
const statusLine = fc.oneof(
  { weight: 12, arbitrary: fc.constant(RIGHT) },
  { weight: 4, arbitrary: fc.constantFrom(...OTHER_LINES) },
  fc.constantFrom(...ODD_LINES),
)
const EARLY = ['HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early\r\nLink: </a>', 'HTTP/1.1 102 x\r\nbad']
const interim = fc.array(fc.constantFrom(...EARLY), { maxLength: 1 })
const names = fc.constantFrom('Upgrade', 'UPGRADE', 'upgrade')
const upgrade = fc.tuple(names, mostly('websocket', fc.constantFrom('WebSocket', ' websocket\t', 'websocket, h2c', 'web socket', '')))
const connection = mostly('Upgrade', listValue, fc.constantFrom('keep-alive, upgrade', ', Upgrade,', 'close', '"Upgrade"'))
  .map((value): [string, string] => ['Connection', value])
const accept = mostly('ACCEPT', fc.constantFrom(' ACCEPT\t', 'ACCEPT, ACCEPT', 'accept', '', 'ACCEPT=', '"ACCEPT"'))
  .map((value): [string, string] => ['Sec-WebSocket-Accept', value])
const protocol = fc.constantFrom(...NAMES, 'chat, x.y', '', 'other').map((value): [string, string] => ['Sec-WebSocket-Protocol', value])
const TWICE = 'permessage-deflate, permessage-deflate'
const extensions = fc.oneof({ weight: 5, arbitrary: answerNear }, fc.constantFrom(TWICE, TWICE.slice(20)), listValue)
  .map((value): [string, string] => ['Sec-WebSocket-Extensions', value])
const extra = fc.oneof(
  fc.constantFrom<[string, string]>(['Set-Cookie', 'a=b'], ['X-Long', 'v'.repeat(8_000)], ['__proto__', 'x'], ['X-Bad ', 'x']),
  fc.constantFrom<[string, string]>(['X Bad', ''], ['', 'x'], ['X-Nul', '\0']),
  listValue.map((value): [string, string] => ['X-Any', value]),
)
const some = (one: fc.Arbitrary<[string, string]>, maxLength: number): fc.Arbitrary<[string, string][]> => fc.array(one, { maxLength })
const needed = (one: fc.Arbitrary<[string, string]>): fc.Arbitrary<[string, string][]> =>
  fc.oneof({ weight: 12, arbitrary: fc.tuple(one).map(([each]) => [each]) }, some(one, 2))
const any = fc.tuple(needed(upgrade), needed(connection), needed(accept), some(protocol, 1), some(extensions, 1), some(extra, 2))
const RIGHT_FIELDS: [string, string][] = [['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ['Sec-WebSocket-Accept', 'ACCEPT']]
/** What was agreed on is all that may be wrong. */
const agreeing = fc.tuple(fc.constant(RIGHT_FIELDS), some(protocol, 1), fc.tuple(extensions))
const fields = fc.oneof({ weight: 2, arbitrary: any }, { weight: 1, arbitrary: agreeing }).map((all) => all.flat())

export const responses: FuzzTarget<ResponsesInput> = {
  name: 'responses',
  testRuns: 300,
  inputs: fc.record({
    subprotocols: fc.subarray(NAMES),
    policy: fc.option(policy, { freq: 3 }),
    interim,
    statusLine,
    fields,
    bends: fc.oneof({ weight: 3, arbitrary: fc.constant<Mutation[]>([]) }, mutations),
    body: fc.record({
      size: fc.constantFrom(0, 1, 20, 65_535, 65_536, 70_000),
      form: fc.constantFrom('bare', 'length', 'length', 'short', 'long', 'odd', 'chunked', 'chunked', 'cut'),
      chunk: fc.integer({ min: 1, max: 80_000 }),
    }),
    cuts,
  }),
  async check(input) {
    const server = await openPlainServer({ subprotocols: input.subprotocols, compression: input.policy ?? false })
    const bytes = answerOf(input, server.accept)
    const expected = verdictOn(bytes, { ...input, accept: server.accept })
    let opened: string | undefined
    server.client.on('open', () => { opened = server.client.subprotocol })
    await server.write(cutAt(bytes, input.cuts))
    server.end()
    const { error } = await server.over()
    demandSame('verdict', [said(opened, error)], [inWords(expected)])
    if (expected.kind === 'open') demandSame('messages', server.messages, messagesIn(expected.rest))
    else demandSame('sent', [server.received().toString('hex')], [''])
  },
}

function answerOf({ interim: before, statusLine: line, fields: given, bends, body }: ResponsesInput, right: string): Buffer {
  const framing = line === RIGHT ? [] : framingOf(body)
  const lines = [line, ...[...given, ...framing].map(([name, value]) => `${name}: ${value.replaceAll('ACCEPT', right)}`)]
  const head = Buffer.from([...before.map((each) => `${each}\r\n\r\n`), lines.join('\r\n'), '\r\n\r\n'].join(''), 'latin1')
  return Buffer.concat([bends.reduce(mutate, head), line === RIGHT ? framesIn(body) : bodyIn(body)])
}

function framingOf({ size, form }: Body): [string, string][] {
  if (form === 'bare') return []
  if (form === 'chunked') return [['Transfer-Encoding', 'chunked'], ['Content-Length', '1']]
  if (form === 'cut') return [['Transfer-Encoding', 'gzip, Chunked']]
  // The odd one comes twice, and is sometimes another one
  const odd = `${size}, ${size}${size % 2 === 0 ? '' : '0'}`
  return [['Content-Length', { length: `${size}`, short: `${Math.max(0, size - 1)}`, long: `${size + 1}`, odd }[form]]]
}

function bodyIn({ size, form, chunk }: Body): Buffer {
  const content = Buffer.alloc(size, 'body ')
  if (form !== 'chunked' && form !== 'cut') return content
  const starts = Array.from({ length: Math.ceil(size / chunk) }, (_, index) => index * chunk).slice(0, 200)
  const chunks = starts.map((start) => content.subarray(start, start + chunk))
  const written = chunks.flatMap((each) => [Buffer.from(`${each.length.toString(16)};x=y\r\n`), each, Buffer.from('\r\n')])
  return Buffer.concat([...written, Buffer.from(form === 'cut' ? '' : '0\r\n\r\n')])
}

/** A message, and perhaps the beginning of another one. */
function framesIn({ form }: Body): Buffer {
  const one = '81036f6e65'
  const frames: Partial<Record<Body['form'], string>> = { length: one, short: `${one}820174`, chunked: `${one}82`, cut: '8105' }
  return Buffer.from(frames[form] ?? '', 'hex')
}

function messagesIn(rest: Buffer): Event[] {
  return readByReference(rest, { from: 'server' }).filter((event) => /^(text|binary) /.test(event))
}

/** Anything but a refusal and an error of this client's own is passed on: it is a mistake. */
function said(opened: string | undefined, error: Error | undefined): string {
  if (opened !== undefined) return `open ${opened}`
  if (error instanceof RefusedError) return `refused ${error.status} ${error.body.length} ${error.body}`
  demand(error instanceof WebSocketError, () => `no error of the client's: ${error?.stack}`)
  return 'failed'
}

function inWords(verdict: Verdict): string {
  if (verdict.kind === 'open') return `open ${verdict.subprotocol}`
  if (verdict.kind === 'failed') return 'failed'
  const body = verdict.body.toString('utf8')
  return `refused ${verdict.status} ${body.length} ${body}`
}
