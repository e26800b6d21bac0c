// A plan: everything a load generator needs to know of a workload, bytes included. Read by native/plan.c and node-generator.ts.
import { Buffer } from 'node:buffer'
import type { Workload } from '../workloads/workload.js'
import { frameOf } from './frame.js'
import { type Message, PROTOCOLS, type ProtocolName, messageOf } from './protocol.js'
import { variantsOf } from './variants.js'

export interface Plan {
  readonly port: number
  /** Source addresses, 127.0.0.1 and up. */
  readonly sources: number
  readonly mode: 'rounds' | 'rate' | 'churn'
  /** Connections that send; the first ones. */
  readonly senders: number
  /** Answers that each connection gets to one round: to its own batch or, with a barrier, to all of them. */
  readonly expected: number
  /** 1: a round ends when every connection has all its answers. */
  readonly barrier: number
  /** Messages a second, with mode `rate`. */
  readonly rate: number
  /** Messages of the server that come before the first answer. */
  readonly discard: number
  /** 1: each connection sends a batch, and gets its answers, when it is opened. */
  readonly greet: number
  /** 1: permessage-deflate is asked for, and answers are inflated before they are compared. */
  readonly deflate: number
  /** Of an answer, when answers are inflated. */
  readonly opcode: number
  readonly request: Buffer
  /** Has to be in the response. */
  readonly accept: Buffer
  readonly prelude: Buffer
  /** Messages that take turns; only where answers are inflated there is more than one. */
  readonly variants: number
  /** What a sender sends in one go; of each variant, one behind the other. */
  readonly batch: Buffer
  readonly ends: Buffer
  /** The bytes of one answer, unless it is compressed. */
  readonly answer: Buffer
  /** The message in an answer, of each variant, when answers are inflated; of the Close, with mode `churn`. */
  readonly payload: Buffer
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
/** RFC 6455 §1.3: the answer to that key. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const SOURCES = 16
const CLOSE: Message = { opcode: 8, payload: Buffer.from([0x03, 0xe8]) }

export function planOf(workload: Workload, protocolName: ProtocolName, port: number): Plan {
  const { does, connections, depth = 1, perTurn = 1, size, deflate } = workload
  const protocol = PROTOCOLS[protocolName]
  const isDeflated = deflate === true
  if (isDeflated && depth > 1) throw new Error('compressed messages take turns, so they go one at a time')
  const messages = Array.from({ length: variantsOf({ size, deflate }) }, (_, variant) => protocol.wrap(messageOf(workload, variant)))
  const isFromAll = does === 'broadcast' || does === 'chat'
  const questions = does === 'open' ? [CLOSE] : messages
  const batches = questions.map((question) => batchOf(question, { depth, isDeflated: isDeflated && question !== CLOSE }))
  // Whoever mirrors bytes sends prepared ones to all, and ours back to us
  const isMirrored = protocolName === 'mirror' && !isFromAll
  return {
    port,
    sources: SOURCES,
    mode: does === 'rate' ? 'rate' : does === 'open' ? 'churn' : 'rounds',
    senders: does === 'broadcast' ? 1 : connections,
    expected: does === 'broadcast' ? perTurn : does === 'chat' ? connections : depth,
    barrier: isFromAll ? 1 : 0,
    rate: workload.rate ?? 0,
    discard: protocol.discard,
    greet: workload.greet === true ? 1 : 0,
    deflate: isDeflated ? 1 : 0,
    opcode: messages[0]!.opcode,
    variants: questions.length,
    request: requestOf(protocol.path, isDeflated),
    accept: Buffer.from(ACCEPT),
    prelude: protocol.prelude === undefined ? Buffer.alloc(0) : frameOf({ ...protocol.prelude, isMasked: true }),
    batch: Buffer.concat(batches),
    ends: endsOf(batches),
    answer: isMirrored ? frameOf({ ...messages[0]!, isMasked: true }) : frameOf(messages[0]!),
    payload: Buffer.concat(questions.map(({ payload }) => payload)),
  }
}

function batchOf(question: Message, { depth, isDeflated }: { depth: number; isDeflated: boolean }): Buffer {
  return Buffer.concat(Array<Buffer>(depth).fill(frameOf({ ...question, isMasked: true, isDeflated })))
}

/** Where each batch ends: 32 bits, the low ones first. */
function endsOf(batches: readonly Buffer[]): Buffer {
  const ends = Buffer.alloc(batches.length * 4)
  let end = 0
  batches.forEach((batch, i) => ends.writeUInt32LE((end += batch.length), i * 4))
  return ends
}

/** The offer of every browser (RFC 7692 §7.1.2.2). */
function requestOf(path: string, isDeflated: boolean): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    ...(isDeflated ? ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'] : []),
    '\r\n',
  ]
  return Buffer.from(lines.join('\r\n'))
}

/** Lines of `name value`, or `name #length` and so many bytes. */
export function serializePlan(plan: Plan): Buffer {
  return Buffer.concat(Object.entries(plan).flatMap(([name, value]: [string, string | number | Buffer]) => {
    if (!Buffer.isBuffer(value)) return [Buffer.from(`${name} ${value}\n`)]
    return [Buffer.from(`${name} #${value.length}\n`), value, Buffer.from('\n')]
  }))
}

export function parsePlan(bytes: Buffer): Plan {
  const plan: Record<string, string | number | Buffer> = {}
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at)
    const [name = '', value = ''] = bytes.toString('latin1', at, end).split(' ')
    at = end + 1
    if (!value.startsWith('#')) {
      plan[name] = /^\d+$/.test(value) ? Number(value) : value
      continue
    }
    const length = Number(value.slice(1))
    plan[name] = bytes.subarray(at, at + length)
    at += length + 1
  }
  return plan as unknown as Plan
}
