// Random bytes that a client, or a server, could send: conversations that follow RFC 6455 §5, then bent a little, or noise. Arbitraries
// only.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'

type Bytes = Uint8Array

export interface FrameSpec {
  readonly first: number
  readonly payload: Bytes
  readonly mask: Bytes | undefined
  /** Undefined is the shortest form. */
  readonly lengthBits: 7 | 16 | 64 | undefined
}

/** What is done to the right bytes; places are taken modulo the length. */
export interface Mutation {
  readonly kind: 'flip' | 'delete' | 'insert' | 'truncate'
  readonly at: number
  readonly bytes: readonly number[]
}

const bytes = fc.uint8Array({ maxLength: 40 })
export const validText = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => Buffer.from(text, 'utf8'))
/** Characters, beginnings of characters, and what is none: where UTF-8 decoders part ways. */
const NEAR = '61 c3a9 e282ac f09f9880 ed9fbf eda080 ed e09f e0a080 f08f f0908080 f48f f490 c1 e2 f09f 80 bf ff'.split(' ')
export const nearText = fc
  .array(fc.constantFrom(...NEAR), { maxLength: 4 })
  .map((list) => Buffer.from(list.join(''), 'hex'))
const longBytes = fc.tuple(fc.constantFrom(124, 125, 126, 127, 999, 1_000, 1_001, 65_535, 65_536), fc.nat(127))
  .map(([size, fill]) => new Uint8Array(size).fill(fill))
/** ASCII, but for a few bytes somewhere: unmasking takes words, and tells of them. */
const longText = fc.tuple(fc.integer({ min: 60, max: 300 }), nearText, fc.nat(20))
  .map(([before, middle, after]) => Buffer.concat([Buffer.alloc(before, 'a'), middle, Buffer.alloc(after, 'a')]))
const payload = fc.oneof(bytes, bytes, bytes, validText, validText, nearText, nearText, nearText, longText, longBytes)

const closeCode = fc.oneof(fc.constantFrom(1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4999, 5000), fc.nat(65_535))
const closeBody = fc.tuple(closeCode, fc.oneof(validText, nearText))
  .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason.subarray(0, 123)]))

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 })
const anyLengthBits = fc.constantFrom<7 | 16 | 64>(7, 16, 64)
/** Most frames keep the rules; the others are what the rules are for. */
const header = fc.record({
  mask: fc.oneof({ weight: 60, arbitrary: mask }, { weight: 1, arbitrary: fc.constant(undefined) }),
  lengthBits: fc.oneof({ weight: 60, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: anyLengthBits }),
})

function frameOf(first: fc.Arbitrary<number>, content: fc.Arbitrary<Bytes>): fc.Arbitrary<FrameSpec> {
  return fc.tuple(first, content, header).map(([firstByte, body, rest]) => ({ first: firstByte, payload: body, ...rest }))
}

const ping = frameOf(fc.constantFrom(0x89, 0x8a), bytes)
const controls = fc.array(ping, { maxLength: 2 })

/** A message in fragments, control frames between them. */
const message: fc.Arbitrary<FrameSpec[]> = fc
  .tuple(fc.constantFrom(0x1, 0x2), fc.array(fc.tuple(frameOf(fc.constant(0), payload), controls), { minLength: 1, maxLength: 4 }))
  .map(([opcode, parts]) => parts.flatMap(([part, between], index) => {
    const fin = index === parts.length - 1 ? 0x80 : 0
    return [{ ...part, first: fin | (index === 0 ? opcode : 0) }, ...between]
  }))

const item = fc.oneof(
  { weight: 12, arbitrary: message },
  { weight: 4, arbitrary: ping.map((frame) => [frame]) },
  { weight: 1, arbitrary: frameOf(fc.constant(0x88), fc.oneof(closeBody, closeBody, bytes)).map((frame) => [frame]) },
  { weight: 1, arbitrary: frameOf(fc.nat(255), payload).map((frame) => [frame]) },
)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip' as const, 'delete' as const, 'insert' as const, 'truncate' as const),
  at: fc.nat(100_000),
  bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 4 }),
})

/** Mostly none. */
export const mutations: fc.Arbitrary<Mutation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Mutation[]>([]) },
  fc.array(mutation, { maxLength: 3 }),
)
function wireOf(asSent: (spec: FrameSpec) => FrameSpec): fc.Arbitrary<string> {
  const conversation = fc
    .tuple(fc.array(item, { maxLength: 6 }), mutations)
    .map(([items, bends]) => bends.reduce(mutate, Buffer.concat(items.flat().map((spec) => encode(asSent(spec))))))
  return fc
    .oneof({ weight: 9, arbitrary: conversation }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) })
    .map((whole) => Buffer.from(whole).toString('hex'))
}

/** A client's bytes, in hex. */
export const wire = wireOf((spec) => spec)

/** A server's: what a client would have masked is not, and the other way round (RFC 6455 §5.1). */
export const serverWire = wireOf((spec) => ({ ...spec, mask: spec.mask === undefined ? Buffer.from('37fa213d', 'hex') : undefined }))

/** Where a stream is cut, modulo its length: few cuts, so that they shrink well. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(100_000), { maxLength: 6 })

/** `bytes` in pieces, none of them empty. */
export function cutAt(whole: Buffer, places: readonly number[]): Buffer[] {
  const starts = [...new Set([0, ...places.map((place) => place % Math.max(1, whole.length))])].sort((a, b) => a - b)
  return starts.map((start, index) => whole.subarray(start, starts[index + 1])).filter((piece) => piece.length > 0)
}

export function encode({ first, payload: content, mask: key, lengthBits }: FrameSpec): Buffer {
  const bits = lengthBits ?? (content.length < 126 ? 7 : content.length < 0x1_0000 ? 16 : 64)
  const length = Buffer.alloc(bits === 7 ? 0 : bits / 8)
  if (bits === 16) length.writeUInt16BE(content.length & 0xffff)
  if (bits === 64) length.writeBigUInt64BE(BigInt(content.length))
  const short = bits === 7 ? content.length & 0x7f : bits === 16 ? 126 : 127
  const masked = key === undefined ? content : content.map((byte, index) => byte ^ key[index % 4]!)
  return Buffer.concat([Buffer.from([first, (key === undefined ? 0 : 0x80) | short]), length, key ?? Buffer.alloc(0), masked])
}

export function mutate(whole: Buffer, { kind, at, bytes: given }: Mutation): Buffer {
  const place = at % Math.max(1, whole.length)
  const [before, after] = [whole.subarray(0, place), whole.subarray(place)]
  if (kind === 'truncate') return before
  if (kind === 'insert') return Buffer.concat([before, Buffer.from(given), after])
  if (kind === 'delete') return Buffer.concat([before, after.subarray(given.length)])
  return Buffer.concat([before, after.subarray(0, 1).map((byte) => byte ^ (given[0]! || 1)), after.subarray(1)])
}
