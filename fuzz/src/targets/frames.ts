// Frame parser and message assembler: the same events as the reference, however the stream is cut.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { readByParser } from '../stream/read.js'
import { readByReference } from '../stream/reference.js'
import { cutAt, cuts, wire } from '../stream/wire.js'
import { type FuzzTarget, demandSame } from '../target.js'

interface FramesInput {
  readonly wire: string
  readonly cuts: readonly number[]
  /** Of a message, in bytes. */
  readonly limit: number
  readonly text: 'string' | 'bytes'
}

/** Byte after byte is slow, and long streams hold no more states than short ones. */
const BYTEWISE_UP_TO = 2_000

export const frames: FuzzTarget<FramesInput> = {
  name: 'frames',
  testRuns: 2_000,
  inputs: fc.record({ wire, cuts, limit: fc.constantFrom(0, 50, 1_000, 100_000), text: fc.constantFrom('string', 'bytes') }),
  check({ wire: hex, cuts: places, ...options }) {
    const whole = Buffer.from(hex, 'hex')
    const expected = readByReference(whole, options)
    demandSame('in one piece', readByParser([whole], options), expected)
    demandSame('in pieces', readByParser(cutAt(whole, places), options), expected)
    if (whole.length > BYTEWISE_UP_TO) return
    demandSame('byte after byte', readByParser(Array.from(whole, (_, index) => whole.subarray(index, index + 1)), options), expected)
  },
}
