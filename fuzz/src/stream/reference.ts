// The same reading as the parser's and the assembler's, as plainly as it can be written: the oracle. It has all bytes at once, and
// looks at everything again and again.
import { Buffer, isUtf8 } from 'node:buffer'

/** `text <hex>`, `binary <hex>`, `ping <hex>`, `pong <hex>`, `close <code>`, and at the end `fail <code> §<section>`. */
export type Event = string

interface Header {
  readonly fin: boolean
  readonly opcode: number
  readonly length: number
  readonly mask: Buffer
  readonly payloadAt: number
}

class Failed extends Error {}

function fail(code: number, section: string): never {
  throw new Failed(`fail ${code} §${section}`)
}

/** What a server sees in a client's bytes, up to the first Close frame or the first broken rule. */
export function readByReference(wire: Buffer, limit: number): Event[] {
  const events: Event[] = []
  try {
    readInto(events, wire, limit)
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    events.push(error.message)
  }
  return events
}

function readInto(events: Event[], wire: Buffer, limit: number): void {
  let message: { readonly isText: boolean; bytes: Buffer; declared: number } | undefined
  for (let at = 0; at < wire.length;) {
    const header = headerAt(wire, at)
    if (header === undefined) return
    const end = header.payloadAt + header.length
    const isWhole = end <= wire.length
    const payload = unmasked(wire.subarray(header.payloadAt, end), header.mask)
    at = end
    if (header.opcode >= 0x8) {
      if (!isWhole) return
      events.push(controlEvent(header.opcode, payload))
      if (header.opcode === 0x8) return
      continue
    }
    // §5.4: in sequence
    if ((header.opcode === 0) !== (message !== undefined)) fail(1002, '5.4')
    message ??= { isText: header.opcode === 0x1, bytes: Buffer.alloc(0), declared: 0 }
    message.declared += header.length
    if (message.declared > limit) fail(1009, '7.4.1')
    message.bytes = Buffer.concat([message.bytes, payload])
    // §8.1: at the first byte that nothing can mend
    if (message.isText && !canBecomeUtf8(message.bytes)) fail(1007, '8.1')
    if (!isWhole) return
    if (!header.fin) continue
    if (message.isText && !isUtf8(message.bytes)) fail(1007, '8.1')
    events.push(`${message.isText ? 'text' : 'binary'} ${message.bytes.toString('hex')}`)
    message = undefined
  }
}

/** RFC 6455 §5.2, byte after byte, as far as there are any. */
function headerAt(wire: Buffer, at: number): Header | undefined {
  const first = wire[at]!
  const opcode = first & 0x0f
  const isControl = opcode >= 0x8
  if ((first & 0x70) !== 0) fail(1002, '5.2')
  if (![0x0, 0x1, 0x2, 0x8, 0x9, 0xa].includes(opcode)) fail(1002, '5.2')
  if (isControl && first < 0x80) fail(1002, '5.5')
  const second = wire[at + 1]
  if (second === undefined) return undefined
  if (second < 0x80) fail(1002, '5.1')
  const short = second & 0x7f
  if (isControl && short > 125) fail(1002, '5.5')
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0
  if (wire.length < at + 2 + extended) return undefined
  const length = extended === 0 ? BigInt(short) : BigInt(`0x${wire.toString('hex', at + 2, at + 2 + extended)}`)
  if (extended > 0 && length < (extended === 2 ? 126n : 0x1_0000n)) fail(1002, '5.2')
  if (length >> 63n !== 0n) fail(1002, '5.2')
  const payloadAt = at + 2 + extended + 4
  if (wire.length < payloadAt) return undefined
  return { fin: first >= 0x80, opcode, length: Number(length), mask: wire.subarray(payloadAt - 4, payloadAt), payloadAt }
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

/** Whatever may still come is at most three continuation bytes; their lowest and highest values reach every character. */
const ENDINGS = ['', '80', '8080', '808080', 'bf', 'bfbf', 'bfbfbf'].map((hex) => Buffer.from(hex, 'hex'))

function canBecomeUtf8(bytes: Buffer): boolean {
  return ENDINGS.some((ending) => isUtf8(Buffer.concat([bytes, ending])))
}
