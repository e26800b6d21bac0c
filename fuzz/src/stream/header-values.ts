// Random values of header fields, near the grammar of RFC 9110 §5.6 and RFC 6455 §9.1, and that grammar once more as patterns: the
// oracle. Arbitraries and patterns only.
import fc from 'fast-check'

const token = fc.string({ unit: fc.constantFrom(...'aBz09!#$%&\'*+-.^_`|~'), minLength: 1, maxLength: 4 })
const space = fc.constantFrom('', '', ' ', '\t', '  ')
const separator = fc.constantFrom(',', ',', ';', '=', '"', '\\', '/', '(', '\u00e9')
const piece = fc.oneof({ weight: 5, arbitrary: token }, { weight: 3, arbitrary: separator }, { weight: 2, arbitrary: space })
const quoted = token.map((text) => `"${text}"`)
const escaped = token.map((text) => `"\\${text}"`)
const unclosed = token.map((text) => `"${text}`)
const value = fc.oneof(...[token, quoted, escaped].map((arbitrary) => ({ weight: 6, arbitrary })), { weight: 1, arbitrary: unclosed })
const parameter = fc.tuple(space, token, space, fc.option(value, { nil: undefined }))
  .map(([before, name, after, given]) => `;${before}${name}${after}${given === undefined ? '' : `=${given}`}`)
const extension = fc.tuple(token, fc.array(parameter, { maxLength: 3 })).map(([name, parameters]) => name + parameters.join(''))

/** Anything that HTTP lets through: no control characters. */
const code = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }))
const visible = code.map((each) => String.fromCharCode(each))
const noise = fc.string({ unit: visible, maxLength: 12 })

const list = fc
  .tuple(fc.array(fc.oneof(token, token, extension, extension, space), { maxLength: 4 }), space)
  .map(([items, gap]) => items.join(`${gap},`))
const broken = fc.tuple(list, fc.array(piece, { maxLength: 4 }), fc.nat(40))
  .map(([text, pieces, at]) => text.slice(0, at) + pieces.join('') + text.slice(at))

const mixed = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

/** The value of a header field that holds a list. */
export const listValue: fc.Arbitrary<string> = fc.oneof(list, list, broken, mixed, noise)

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
/** After unescaping, a quoted value has to be a token as well (RFC 6455 §9.1). */
const QUOTED = "\"(?:\\\\?[!#$%&'*+\\-.^_`|~0-9A-Za-z])+\""
const EXTENSION = new RegExp(`^${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*$`)
const ONE_TOKEN = new RegExp(`^${TOKEN}$`)

/** The elements of a list; empty ones do not count (RFC 9110 §5.6.1.2). */
export function elementsOf(value: string): string[] {
  return value.split(',').map((element) => element.replace(/^[ \t]+|[ \t]+$/g, '')).filter((element) => element !== '')
}

/** RFC 6455 §9.1: `1#extension`. No separator of that grammar can stand within a value, so splitting at commas is right. */
export function isExtensionList(value: string): boolean {
  const elements = elementsOf(value)
  return elements.length > 0 && elements.every((element) => EXTENSION.test(element))
}

/** RFC 6455 §4.1(10): `1#token`, all different. */
export function isSubprotocolList(value: string): boolean {
  const elements = elementsOf(value)
  return elements.length > 0 && elements.every((element) => ONE_TOKEN.test(element)) && new Set(elements).size === elements.length
}
