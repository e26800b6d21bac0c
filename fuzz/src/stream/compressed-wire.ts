// Random compressed messages of one side (RFC 7692 §7.2.1) as plain specifications, and their way to bytes under the parameters that were
// agreed on. Made with zlib; it is what reads them that is written from the RFC.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import type { ContextOptions } from './inflating-context.js'
import { type Mutation, cutAt, encode, mutate, mutations, nearText, validText } from './wire.js'

/** A part of a message, deflated up to a flush. */
interface Segment {
  /** Where it ends, modulo the length of the message. */
  readonly at: number
  readonly level: number
  readonly strategy: number
  readonly memLevel: number
  /** 'finish' sets BFINAL (RFC 7692 §7.2.3.4). */
  readonly flush: 'sync' | 'full' | 'finish'
}

export interface MessageSpec {
  readonly kind: 'text' | 'binary'
  /** Bytes in hex, and how often they come; or so many bytes that nothing makes smaller. */
  readonly runs: readonly ({ readonly hex: string; readonly times: number } | { readonly noise: number })[]
  /** Undefined: not compressed. */
  readonly segments: readonly Segment[] | null
  /** What is done to the deflated payload. */
  readonly bends: readonly Mutation[]
  /** Where fragments end. */
  readonly fragments: readonly number[]
  /** A Ping behind each frame. */
  readonly pings: boolean
  /** RSV1 also where it must not be (RFC 7692 §6.1): on Pings, and on all fragments but the first. @default false */
  readonly isStray?: boolean
}

const bytes = fc.uint8Array({ maxLength: 40 })
/** What messages have in common, so that they refer to each other, near and far. */
const PHRASES = ['{"event":"said","room":"blue","data":', '"from":"Zoë Müller","text":"', 'tocsin: a bell that warns', '0123456789']
const phrase = fc.constantFrom(...PHRASES).map((text) => Buffer.from(text))
const unit = fc.oneof(phrase, phrase, phrase, validText, nearText, bytes).map((content) => Buffer.from(content).toString('hex'))
const times = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(1, 2, 30) }, { weight: 1, arbitrary: fc.constantFrom(300, 3_000, 6_000) })
const run = fc.oneof(
  { weight: 30, arbitrary: fc.record({ hex: unit, times }) },
  { weight: 2, arbitrary: fc.record({ noise: fc.constantFrom(70, 300, 300, 600, 9_000, 66_000, 140_000) }) },
)
const place = fc.nat(100_000)

function segmentWith(flush: fc.Arbitrary<Segment['flush']>): fc.Arbitrary<Segment> {
  return fc.record({
    at: place,
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.integer({ min: 0, max: 4 }),
    memLevel: fc.integer({ min: 1, max: 9 }),
    flush,
  })
}

export function messageWith(flush: fc.Arbitrary<Segment['flush']>): fc.Arbitrary<MessageSpec> {
  const segments = fc.array(segmentWith(flush), { minLength: 1, maxLength: 4 })
  return fc.record({
    kind: fc.constantFrom('text', 'binary', 'binary'),
    runs: fc.array(run, { maxLength: 4 }),
    segments: fc.oneof({ weight: 5, arbitrary: segments }, { weight: 1, arbitrary: fc.constant(null) }),
    bends: mutations,
    fragments: fc.array(place, { maxLength: 4 }),
    pings: fc.boolean(),
    isStray: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  })
}

export function bytesOf({ runs }: MessageSpec): Buffer {
  return Buffer.concat(runs.flatMap((each) => ('noise' in each ? noiseOf(each.noise) : repeated(each.hex, each.times))))
}

function repeated(hex: string, count: number): Buffer[] {
  return new Array<Buffer>(count).fill(Buffer.from(hex, 'hex'))
}

/** The same in every run: a hash of hashes. */
function noiseOf(size: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < size; at += 32) blocks.push(createHash('sha256').update(blocks.at(-1) ?? '').digest())
  return Buffer.concat(blocks).subarray(0, size)
}

const MASK = Buffer.from('37fa213d', 'hex')
const TAIL_SIZE = 4
const WINDOW = 32_768

/** One side's messages, in order. */
export class MessageDeflater {
  readonly #options: ContextOptions
  #history: Buffer = Buffer.alloc(0)

  /** @param options what was agreed on, or what a sender does that does not keep to it */
  constructor(options: ContextOptions) {
    this.#options = options
  }

  /** The payload of a message before it is bent. */
  payloadOf(spec: MessageSpec): Buffer {
    const { segments } = spec
    const whole = bytesOf(spec)
    if (segments === null) return whole
    const ends = segments.map(({ at }) => at % (whole.length + 1)).sort((one, other) => one - other)
    ends[ends.length - 1] = whole.length
    const parts = segments.map((segment, index) => this.#deflate(whole.subarray(ends[index - 1] ?? 0, ends[index]), segment))
    if (!this.#options.keepsContext) this.#history = Buffer.alloc(0)
    const payload = Buffer.concat(parts)
    return segments.at(-1)!.flush === 'finish' ? payload : payload.subarray(0, payload.length - TAIL_SIZE)
  }

  #deflate(part: Buffer, { level, strategy, memLevel, flush }: Segment): Buffer {
    const finishFlush = { sync: constants.Z_SYNC_FLUSH, full: constants.Z_FULL_FLUSH, finish: constants.Z_FINISH }[flush]
    // zlib has no raw deflate with 8 bits, but with 9 it never refers back further than 250 bytes
    const windowBits = Math.max(9, this.#options.windowBits)
    const dictionary = this.#history.length > 0 ? { dictionary: this.#history } : {}
    const deflated = deflateRawSync(part, { level, strategy, memLevel, windowBits, finishFlush, ...dictionary })
    this.#history = flush === 'finish' ? Buffer.alloc(0) : Buffer.concat([this.#history, part]).subarray(-WINDOW)
    return deflated
  }
}

/** The frames of a message: a client's are masked. */
export function framesOf(spec: MessageSpec, payload: Buffer, from: 'client' | 'server' = 'client'): Buffer {
  const bent = spec.bends.reduce(mutate, payload)
  const fragments = bent.length === 0 ? [bent] : cutAt(bent, spec.fragments)
  const rsv1 = spec.segments === null ? 0 : 0x40
  const stray = spec.isStray === true ? 0x40 : 0
  const opcode = spec.kind === 'text' ? 0x1 : 0x2
  const mask = from === 'client' ? MASK : undefined
  const frame = (firstByte: number, content: Buffer): Buffer => encode({ first: firstByte, payload: content, mask, lengthBits: undefined })
  return Buffer.concat(fragments.flatMap((fragment, index) => {
    const first = (index === fragments.length - 1 ? 0x80 : 0) | (index === 0 ? rsv1 | opcode : stray)
    return [frame(first, fragment), ...(spec.pings ? [frame(0x89 | stray, fragment.subarray(0, 4))] : [])]
  }))
}
