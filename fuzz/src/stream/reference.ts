// Frames and messages of one direction, read as plainly as it can be written: the oracle. It has all bytes at once, and looks at
// everything again and again.
import { Buffer, isUtf8 } from 'node:buffer'
import { type InflatingContext, Unclear } from './inflating-context.js'
import { canBecomeUtf8 } from './utf8.js'

/**
 * `text <hex>`, `binary <hex>`, `ping <hex>`, `pong <hex>`, `close <code>`; at the end `fail <code> §<section>`, with `1007|1009` where
 * the order of two faults is left open, or `anything`, where the RFCs leave open what comes next.
 */
export type Event = string

export interface ReferenceOptions {
  /** Of a message, in bytes. @default none */
  readonly limit?: number
  /** Who sends: a client masks, a server does not (§5.1). @default 'client' */
  readonly from?: 'client' | 'server'
  /** Whose messages may have RSV1 set (RFC 7692 §6). @default nobody's: RSV1 must be 0 */
  readonly deflate?: InflatingContext
  /** Whether what stands behind a Close frame is looked at: to judge who has sent it. @default a server's is, a client's is not */
  readonly isJudged?: boolean
}

interface Header {
  readonly fin: boolean
  readonly rsv1: boolean
  readonly opcode: number
  readonly length: number
  readonly mask: Buffer
  readonly payloadAt: number
}

interface Message {
  readonly isText: boolean
  readonly isCompressed: boolean
  payload: Buffer
  declared: number
}

class Failed extends Error {}

function fail(code: number | string, section: string): never {
  throw new Failed(`fail ${code} §${section}`)
}

/** What an endpoint sees in its peer's bytes, up to the first Close frame or the first broken rule. */
export function readByReference(wire: Buffer, options: ReferenceOptions = {}): Event[] {
  const events: Event[] = []
  try {
    readInto(events, wire, options)
  } catch (error) {
    if (!(error instanceof Failed) && !(error instanceof Unclear)) throw error
    events.push(error.message)
  }
  return events
}

function readInto(events: Event[], wire: Buffer, options: ReferenceOptions): void {
  let message: Message | undefined
  for (let at = 0; at < wire.length;) {
    const header = headerAt(wire, at, options)
    if (header === undefined) return
    const end = header.payloadAt + header.length
    const isWhole = end <= wire.length
    const payload = unmasked(wire.subarray(header.payloadAt, end), header.mask)
    at = end
    if (header.opcode >= 0x8) {
      if (!isWhole) return
      events.push(controlEvent(header.opcode, payload))
      // §5.5.1: a Close frame must be the last one; whoever gets more does not look at it
      const { from, isJudged = from === 'server' } = options
      if (header.opcode === 0x8 && isJudged && at < wire.length) fail(1002, '5.5.1')
      if (header.opcode === 0x8) return
      continue
    }
    // §5.4: in sequence
    if ((header.opcode === 0) !== (message !== undefined)) fail(1002, '5.4')
    message ??= { isText: header.opcode === 0x1, isCompressed: header.rsv1, payload: Buffer.alloc(0), declared: 0 }
    message.declared += header.length
    message.payload = Buffer.concat([message.payload, payload])
    const bytes = readMessage(message, { ...options, isWhole: isWhole && header.fin })
    if (!isWhole) return
    if (!header.fin) continue
    events.push(`${message.isText ? 'text' : 'binary'} ${bytes.toString('hex')}`)
    message = undefined
  }
}

/** What a message, or its beginning, holds, unless it breaks a rule already. */
function readMessage(message: Message, { limit = Infinity, deflate, isWhole }: ReferenceOptions & { readonly isWhole: boolean }): Buffer {
  const { isText, isCompressed, payload, declared } = message
  if (isCompressed) {
    const { bytes, codes } = deflate!.read(payload, { isText, isWhole, limit, declared })
    if (codes.length > 0) fail(codes.join('|'), '8.1')
    return bytes
  }
  if (declared > limit) fail(1009, '7.4.1')
  // §8.1: at the first byte that nothing can mend
  if (isText && !(isWhole ? isUtf8(payload) : canBecomeUtf8(payload))) fail(1007, '8.1')
  return payload
}

/** RFC 6455 §5.2, byte after byte, as far as there are any. */
function headerAt(wire: Buffer, at: number, { from, deflate }: ReferenceOptions): Header | undefined {
  const first = wire[at]!
  const opcode = first & 0x0f
  const isControl = opcode >= 0x8
  if ((first & (deflate === undefined ? 0x70 : 0x30)) !== 0) fail(1002, '5.2')
  const rsv1 = (first & 0x40) !== 0
  // RFC 7692 §6.1: on the first frame of a message only
  if (rsv1 && opcode !== 0x1 && opcode !== 0x2) fail(1002, '5.2')
  if (![0x0, 0x1, 0x2, 0x8, 0x9, 0xa].includes(opcode)) fail(1002, '5.2')
  if (isControl && first < 0x80) fail(1002, '5.5')
  const second = wire[at + 1]
  if (second === undefined) return undefined
  const isMasked = second >= 0x80
  if (isMasked === (from === 'server')) fail(1002, '5.1')
  const short = second & 0x7f
  if (isControl && short > 125) fail(1002, '5.5')
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0
  if (wire.length < at + 2 + extended) return undefined
  const length = extended === 0 ? BigInt(short) : BigInt(`0x${wire.toString('hex', at + 2, at + 2 + extended)}`)
  if (extended > 0 && length < (extended === 2 ? 126n : 0x1_0000n)) fail(1002, '5.2')
  if (length >> 63n !== 0n) fail(1002, '5.2')
  const payloadAt = at + 2 + extended + (isMasked ? 4 : 0)
  if (wire.length < payloadAt) return undefined
  const mask = isMasked ? wire.subarray(payloadAt - 4, payloadAt) : Buffer.alloc(4)
  return { fin: first >= 0x80, rsv1, opcode, length: Number(length), mask, payloadAt }
}

function controlEvent(opcode: number, payload: Buffer): Event {
  if (opcode !== 0x8) return `${opcode === 0x9 ? 'ping' : 'pong'} ${payload.toString('hex')}`
  if (payload.length === 0) return 'close 1005'
  if (payload.length === 1) fail(1002, '5.5.1')
  const code = payload.readUInt16BE()
  const isRegistered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
  if (!isRegistered && !(code >= 3000 && code <= 4999)) fail(1002, '7.4')
  if (!isUtf8(payload.subarray(2))) fail(1007, '5.5.1')
  return `close ${code}`
}

function unmasked(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ mask[index % 4]!))
}
