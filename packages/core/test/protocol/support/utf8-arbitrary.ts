// Random bytes for UTF-8 properties: pure noise, valid text, and valid text with one small injury.
import fc from '../../support/fast-check.js'

const EDGES = ['\0', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\ufeff', '\uffff', '\u{10000}', '\u{10ffff}', 'é', '€', '😀']
const NASTY = Buffer.from('00417f808f909fa0bfc0c1c2dfe0e1edeff0f1f4f5ff', 'hex')

const text = fc.array(fc.oneof(fc.constantFrom(...EDGES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })

export const validUtf8 = text.map(parts => Buffer.from(parts.join('')))

const injured = fc.tuple(validUtf8, fc.nat(60), fc.constantFrom(...NASTY), fc.constantFrom('replace', 'insert', 'remove', 'cut')).map(
  ([bytes, place, byte, injury]) => {
    const at = place % (bytes.length + 1)
    if (injury === 'cut') return bytes.subarray(0, at)
    const middle = injury === 'remove' ? [] : [byte]
    return Buffer.from([...bytes.subarray(0, at), ...middle, ...bytes.subarray(injury === 'insert' ? at : at + 1)])
  },
)

const noise = fc.array(fc.oneof(fc.constantFrom(...NASTY), fc.nat(255)), { maxLength: 12 }).map(bytes => Buffer.from(bytes))

/** At most about 60 bytes, near the edges of what is valid. */
export const nearUtf8 = fc.oneof(validUtf8, injured, noise)

/** Places to cut at, in order, none beyond `length`. */
export function placesWithin(length: number, seeds: readonly number[]): number[] {
  return seeds.map(seed => seed % (length + 1)).sort((a, b) => a - b)
}

export const placeSeeds = fc.array(fc.nat(1000), { maxLength: 6 })
