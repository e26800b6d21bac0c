// Whole messages through an Inflater or a Deflater, as its connection drives them.
import { Buffer } from 'node:buffer'
import { Deflater } from '../../../src/compression/deflater.js'
import { Inflater } from '../../../src/compression/inflater.js'
import { ZlibPool } from '../../../src/compression/zlib-pool.js'

export interface CodecOptions {
  readonly pool?: ZlibPool
  readonly windowBits?: number
  readonly keepsContext?: boolean
  readonly maxMessageSize?: number
  readonly level?: number
}

export function inflaterFor({ pool = new ZlibPool(), windowBits = 15, keepsContext = false, maxMessageSize = 1 << 24 }: CodecOptions = {}): Inflater {
  return new Inflater(pool, { windowBits, keepsContext, maxMessageSize })
}

export function deflaterFor({ pool = new ZlibPool(), windowBits = 15, keepsContext = false, level = 1 }: CodecOptions = {}): Deflater {
  return new Deflater(pool, { kind: { windowBits, level, memLevel: 8 }, keepsContext })
}

/** Feeds these slices as one message. @returns what came out; throws as the inflater does */
export function inflate(inflater: Inflater, ...slices: readonly Buffer[]): Buffer {
  const output: Buffer[] = []
  for (const [i, slice] of slices.entries()) {
    inflater.feed(slice, i === slices.length - 1)
    while (inflater.hasWork) {
      inflater.next()
      output.push(Buffer.from(inflater.output.subarray(0, inflater.outputLength)))
    }
  }
  if (!inflater.isMessageEnd) throw new Error('the message has not ended')
  return Buffer.concat(output)
}

/** The message as it goes out: compressed, or undefined. In memory of its own. */
export function deflate(deflater: Deflater, message: string | Buffer): Buffer | undefined {
  const payload = deflater.deflate(Buffer.from(message as Buffer))
  return payload && Buffer.from(payload)
}

export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...[...places].map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end))
}

export function bytewise(bytes: Buffer): Buffer[] {
  return bytes.length === 0 ? [bytes] : Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1))
}

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
