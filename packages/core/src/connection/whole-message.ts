// A message that is sent in one frame, compressed where that was agreed on, wished for and of use. Knows one message.
import { Buffer } from 'node:buffer'
import type { Compression } from '../compression/compression.js'
import { SCRATCH_RESULT } from '../compression/deflater.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import type { Opcode } from '../protocol/opcode.js'
import type { Runtime } from '../runtime.js'
import type { Life } from './life.js'
import type { Outbox } from './outbox.js'

export interface WholeMessage {
  readonly opcode: Opcode
  readonly data: string | Buffer
  /** What the sender says about compression. */
  readonly compress: boolean | undefined
  readonly relay: boolean | undefined
}

/** What it takes to send one. */
export interface MessageWay {
  readonly runtime: Runtime
  readonly compression: Compression | undefined
  readonly outbox: Outbox
  readonly life: Life
}

export function sendWhole(way: MessageWay, message: WholeMessage): void {
  const payload = relayed(way, message) ?? deflated(way, message)
  if (payload === undefined) sendPlain(way, message)
  else way.outbox.sendBytes(firstByteOf(message.opcode, true, true), payload)
}

export function sendPlain({ outbox }: MessageWay, { opcode, data }: WholeMessage): void {
  if (typeof data === 'string') outbox.sendText(firstByteOf(opcode), data)
  else outbox.sendBytes(firstByteOf(opcode), data)
}

/** Whether it goes out compressed, if that makes it smaller. */
export function isCompressible({ compression }: MessageWay, { data, compress }: WholeMessage): boolean {
  return compression !== undefined && compression.wants(data, compress)
}

/** The form in which it came, if it is on its way from one connection to others. */
export function relayed(way: MessageWay, message: WholeMessage): Buffer | undefined {
  if (!isCompressible(way, message)) return undefined
  const { deflater } = way.compression!
  const payload = way.runtime.relay.payloadFor(message.data, deflater.kind.windowBits, message.relay === true)
  if (payload === undefined) return undefined
  deflater.forgetHistory() // the peer sees it; our context does not
  return payload.length > SCRATCH_RESULT ? Buffer.from(payload) : payload
}

function deflated(way: MessageWay, message: WholeMessage): Buffer | undefined {
  if (!isCompressible(way, message)) return undefined
  const { deflater, counters, pool } = way.compression!
  counters.messagesDeflated++
  return deflater.deflate(pool.bytesOf(message.data))
}
