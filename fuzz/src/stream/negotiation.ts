// RFC 7692 §7.1 once more, as plainly as it can be written, with the choices that CompressionOptions document: the oracle of what a
// server answers to offers, and of what a client takes for an answer. And random offers, near the grammar.
import fc from 'fast-check'
import { elementsOf } from './header-values.js'

export interface Policy {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
}

type Parameter = readonly [name: string, value: string | undefined]

const BARE = ['server_no_context_takeover', 'client_no_context_takeover']
const SIZED = ['server_max_window_bits', 'client_max_window_bits']
const SIZES = ['8', '9', '10', '11', '12', '13', '14', '15']

/** @returns the parameters of the response, sorted; undefined when every offer is declined */
export function answerByReference(value: string, policy: Policy): string[] | undefined {
  const offer = value.split(',').map(readElement).find(({ name, parameters }) => name === 'permessage-deflate' && areLegal(parameters))
  if (offer === undefined) return undefined
  const offered = new Map(offer.parameters)
  const answer: string[] = []
  // §7.1.1.1: what the client asks for must be granted; either side's may be added
  if (policy.serverNoContextTakeover || offered.has('server_no_context_takeover')) answer.push('server_no_context_takeover')
  if (policy.clientNoContextTakeover || offered.has('client_no_context_takeover')) answer.push('client_no_context_takeover')
  // §7.1.2.1: not more than the client asks for, and said whenever it asks
  const serverBits = Math.min(policy.serverMaxWindowBits, Number(offered.get('server_max_window_bits') ?? 15))
  if (offered.has('server_max_window_bits') || serverBits < 15) answer.push(`server_max_window_bits=${serverBits}`)
  // §7.1.2.2: never unless the client mentions it
  const clientBits = Math.min(policy.clientMaxWindowBits, Number(offered.get('client_max_window_bits') ?? 15))
  if (offered.has('client_max_window_bits') && clientBits < 15) answer.push(`client_max_window_bits=${clientBits}`)
  return answer.sort()
}

/** Whether a client that has offered what its policy says may take this answer (§5.1, §7.1): one element, legal, and not more than that. */
export function mayTake(value: string, policy: Policy): boolean {
  const elements = elementsOf(value).map(readElement)
  const [{ name, parameters }] = elements as [ReturnType<typeof readElement>]
  const given = new Map(parameters)
  if (elements.length !== 1 || name !== 'permessage-deflate' || !areLegal(parameters)) return false
  // §7.1.2.2: without a value only in an offer
  if (given.has('client_max_window_bits') && given.get('client_max_window_bits') === undefined) return false
  // §7.1.1.1, §7.1.2.1: to accept such an offer is to say so
  if (policy.serverNoContextTakeover && !given.has('server_no_context_takeover')) return false
  const bits = (side: string, otherwise: number): number => Number(given.get(`${side}_max_window_bits`) ?? otherwise)
  return bits('server', 15) <= policy.serverMaxWindowBits && bits('client', 8) <= policy.clientMaxWindowBits
}

/** The parameters of a response, sorted; undefined when there is no such extension in it. */
export function readAnswer(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const [name, ...parameters] = value.split(';').map((part) => part.trim())
  if (name !== 'permessage-deflate') throw new Error(`the server answers ${value}`)
  return parameters.sort()
}

/** §7.1, and §7: each one only once. */
function areLegal(parameters: readonly Parameter[]): boolean {
  const names = parameters.map(([name]) => name)
  return new Set(names).size === names.length && parameters.every(([name, value]) => {
    if (BARE.includes(name)) return value === undefined
    if (!SIZED.includes(name)) return false
    return value === undefined ? name === 'client_max_window_bits' : SIZES.includes(value)
  })
}

/** No separator can stand within a value (RFC 6455 §9.1), so splitting is right. */
function readElement(element: string): { readonly name: string; readonly parameters: readonly Parameter[] } {
  const [name, ...parameters] = element.split(';').map((part) => part.trim())
  return { name: name!, parameters: parameters.map(readParameter) }
}

function readParameter(text: string): Parameter {
  const [name, value] = text.split('=').map((part) => part.trim())
  return [name!, value?.replaceAll(/["\\]/g, '')]
}

const oddSize = fc.constantFrom('7', '16', '0', '08', '010', '-8', '1', '8.0', '1e1', 'x')
const size = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...SIZES) }, oddSize)
const before = fc.constantFrom('', '', '"', '"\\')
const space = fc.constantFrom('', '', ' ', '\t')
const sized = fc.tuple(fc.constantFrom(...SIZED), space, before, size)
  .map(([name, gap, quote, bits]) => `${name}${gap}=${gap}${quote}${bits}${quote.slice(0, 1)}`)
const odd = fc.constantFrom(
  'server_no_context_takeover=1', 'client_no_context_takeover=true', 'server_max_window_bits', 'x', 'x=1', 'Server_no_context_takeover',
)
const parameter = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...BARE, 'client_max_window_bits') },
  { weight: 6, arbitrary: sized },
  { weight: 1, arbitrary: odd },
)
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constant('permessage-deflate') },
  fc.constantFrom('permessage-deflat', 'permessage-deflate2', 'Permessage-Deflate', 'x-webkit-deflate-frame', 'permessage-bzip2'),
)
const offer = fc.tuple(name, fc.array(parameter, { maxLength: 4 }), space)
  .map(([extension, parameters, gap]) => [extension, ...parameters].join(`${gap};${gap}`))

/** One of them, as an answer has it. */
export const answerNear: fc.Arbitrary<string> = offer

/** The value of Sec-WebSocket-Extensions: offers of permessage-deflate, right ones and near ones. */
export const offers: fc.Arbitrary<string> = fc.tuple(fc.array(offer, { minLength: 1, maxLength: 3 }), space)
  .map(([list, gap]) => list.join(`,${gap}`))

const bits = fc.oneof(fc.constant(15), fc.integer({ min: 8, max: 15 }))

export const policy: fc.Arbitrary<Policy> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  serverMaxWindowBits: bits,
  clientMaxWindowBits: bits,
})
