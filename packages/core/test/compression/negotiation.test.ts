// The server's half of the negotiation: which offer is taken, and whether the answer keeps to it and to our own policy.
import { describe, expect, test } from 'vitest'
import { type Agreement, negotiateCompression } from '../../src/compression/negotiation.js'
import { type CompressionOptions, type CompressionPolicy, resolveCompression } from '../../src/compression/options.js'
import { parseExtensions, serializeExtension } from '../../src/handshake/extensions.js'

const GENEROUS = { serverNoContextTakeover: false, clientNoContextTakeover: false }
const policyOf = (options: CompressionOptions): CompressionPolicy => resolveCompression(options)!

function negotiate(field: string, policy: CompressionPolicy, hasRoom = true): Agreement | undefined {
  return negotiateCompression(parseExtensions(field), policy, ({ serverNoContextTakeover, clientNoContextTakeover }) => hasRoom || (serverNoContextTakeover && clientNoContextTakeover))
}

const answer = (field: string, options: CompressionOptions = GENEROUS, hasRoom = true): string | undefined => {
  const agreement = negotiate(field, policyOf(options), hasRoom)
  return agreement && serializeExtension(agreement.extension)
}

describe('what stands in the response', () => {
  test.each<[string, CompressionOptions, string]>([
    ['permessage-deflate', GENEROUS, 'permessage-deflate'],
    ['permessage-deflate', {}, 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    ['permessage-deflate; client_max_window_bits', GENEROUS, 'permessage-deflate'],
    ['permessage-deflate; client_max_window_bits', { ...GENEROUS, clientMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=10'],
    ['permessage-deflate; client_max_window_bits=9', { ...GENEROUS, clientMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=9'],
    ['permessage-deflate', { ...GENEROUS, clientMaxWindowBits: 10 }, 'permessage-deflate'],
    ['permessage-deflate', { ...GENEROUS, serverMaxWindowBits: 10 }, 'permessage-deflate; server_max_window_bits=10'],
    ['permessage-deflate; server_max_window_bits=8', GENEROUS, 'permessage-deflate; server_max_window_bits=8'],
    ['permessage-deflate; server_max_window_bits=12', { ...GENEROUS, serverMaxWindowBits: 10 }, 'permessage-deflate; server_max_window_bits=10'],
    ['permessage-deflate; server_max_window_bits=15', GENEROUS, 'permessage-deflate; server_max_window_bits=15'],
    ['permessage-deflate; server_no_context_takeover', GENEROUS, 'permessage-deflate; server_no_context_takeover'],
    ['permessage-deflate; client_no_context_takeover', GENEROUS, 'permessage-deflate; client_no_context_takeover'],
  ])('%s, %o', (field, options, expected) => {
    expect(answer(field, options)).toBe(expected)
  })
})

describe('several offers', () => {
  test('the first that can be honoured, in the client\'s order', () => {
    expect(answer('permessage-deflate; server_max_window_bits=9, permessage-deflate')).toBe('permessage-deflate; server_max_window_bits=9')
    expect(answer('permessage-deflate, permessage-deflate; server_max_window_bits=9')).toBe('permessage-deflate')
  })

  test.each(['permessage-deflate; server_max_window_bits=7', 'permessage-deflate; server_max_window_bits', 'permessage-deflate; x=1', 'permessage-deflate; __proto__',
    'permessage-deflate; client_no_context_takeover; client_no_context_takeover', 'permessage-deflate; server_no_context_takeover=1', 'x-webkit-deflate-frame', 'PERMESSAGE-DEFLATE',
    '__proto__', 'constructor', 'permessage-bzip2; client_max_window_bits'])('%s is declined, and the next one is tried', (offer) => {
    expect(answer(offer)).toBeUndefined()
    expect(answer(`${offer}, permessage-deflate; server_max_window_bits=11`)).toBe('permessage-deflate; server_max_window_bits=11')
    expect(answer(`${offer}, ${offer}`)).toBeUndefined()
  })

  test('none at all', () => {
    expect(negotiateCompression([], policyOf({}), () => true)).toBeUndefined()
  })
})

test('without room for contexts neither side keeps one; where none would be kept, none is asked for', () => {
  expect(answer('permessage-deflate', GENEROUS, false)).toBe('permessage-deflate; server_no_context_takeover; client_no_context_takeover')
  expect(answer('permessage-deflate; client_no_context_takeover', GENEROUS, false)).toBe('permessage-deflate; server_no_context_takeover; client_no_context_takeover')
  expect(answer('permessage-deflate; server_max_window_bits=9', {}, false)).toBe('permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9')
})

const FLAGS = [false, true]
const BITS = [8, 9, 10, 11, 12, 13, 14, 15]
/** Every legal value, and none. */
const OFFERED_SERVER_BITS = [undefined, ...BITS]
const OFFERED_CLIENT_BITS = [undefined, true, ...BITS] as const

interface Offer { readonly noServer: boolean; readonly noClient: boolean; readonly serverBits: number | undefined; readonly clientBits: number | true | undefined }

function* every<A, B, C, D>([as, bs, cs, ds]: readonly [readonly A[], readonly B[], readonly C[], readonly D[]]): Iterable<[A, B, C, D]> {
  for (const a of as) for (const b of bs) for (const c of cs) for (const d of ds) yield [a, b, c, d]
}

function fieldOf({ noServer, noClient, serverBits, clientBits }: Offer): string {
  const client = clientBits === true ? '; client_max_window_bits' : `; client_max_window_bits=${clientBits}`
  return ['permessage-deflate', noServer ? '; server_no_context_takeover' : '', noClient ? '; client_no_context_takeover' : '',
    serverBits === undefined ? '' : `; server_max_window_bits=${serverBits}`, clientBits === undefined ? '' : client].join('')
}

/** RFC 7692 §7.1, read by a client: what it must check in the answer to its offer. @returns what is wrong */
function faults(offer: Offer, response: string): string[] {
  const [name, ...parts] = response.split('; ')
  const answered = new Map(parts.map((part) => part.split('=') as [string, string | undefined]))
  const bitsOf = (key: string): number => Number(answered.get(key))
  const found: (string | false)[] = [
    name !== 'permessage-deflate' && 'another name', answered.size !== parts.length && 'a parameter twice',
    [...answered].some(([key, value]) => key.endsWith('takeover') !== (value === undefined)) && 'a value too many, or none',
    parts.some((part) => !/^((server|client)_no_context_takeover|(server|client)_max_window_bits=([89]|1[0-5]))$/.test(part)) && 'not legal',
    offer.noServer && !answered.has('server_no_context_takeover') && '§7.1.1.1: accepted without server_no_context_takeover',
    offer.serverBits !== undefined && !(bitsOf('server_max_window_bits') <= offer.serverBits) && '§7.1.2.1: not the same or a smaller server window',
    offer.clientBits === undefined && answered.has('client_max_window_bits') && '§7.1.2.2: asked for what was not offered',
    typeof offer.clientBits === 'number' && answered.has('client_max_window_bits') && bitsOf('client_max_window_bits') > offer.clientBits && '§7.1.2.2: a larger client window',
  ]
  return found.filter((fault) => fault !== false)
}

/** What a client may assume after this answer, in the terms of our own parameters. */
function understood(response: string): object {
  const bits = (key: string): number => Number(new RegExp(`${key}_max_window_bits=(\\d+)`).exec(response)?.[1] ?? 15)
  return {
    serverNoContextTakeover: response.includes('server_no_context'), clientNoContextTakeover: response.includes('client_no_context'),
    serverMaxWindowBits: bits('server'), clientMaxWindowBits: bits('client'),
  }
}

test('every offer against every policy: the answer conforms, says what is meant, and keeps to the policy', () => {
  const offers = [...every([FLAGS, FLAGS, OFFERED_SERVER_BITS, OFFERED_CLIENT_BITS])].map(([noServer, noClient, serverBits, clientBits]): Offer => ({ noServer, noClient, serverBits, clientBits }))
  const policies = [...every([FLAGS, FLAGS, BITS, BITS])].map(([serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits]) =>
    policyOf({ serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits }))
  const parsed = offers.map((offer) => parseExtensions(fieldOf(offer)))
  const problems: unknown[] = []
  for (const policy of policies) for (const [i, offer] of offers.entries()) {
    const hasRoom = i % 3 > 0
    const { parameters, extension } = negotiateCompression(parsed[i]!, policy, () => hasRoom)!
    const response = serializeExtension(extension)
    const smallest = Math.min(policy.clientMaxWindowBits, offer.clientBits === true ? 15 : offer.clientBits ?? 15)
    const expected = {
      serverNoContextTakeover: !hasRoom || policy.serverNoContextTakeover || offer.noServer, clientNoContextTakeover: !hasRoom || policy.clientNoContextTakeover || offer.noClient,
      serverMaxWindowBits: Math.min(policy.serverMaxWindowBits, offer.serverBits ?? 15), clientMaxWindowBits: offer.clientBits === undefined ? 15 : smallest,
    }
    const seen = [...faults(offer, response), JSON.stringify(parameters) !== JSON.stringify(expected) && 'not what policy and offer allow', JSON.stringify(understood(response)) !== JSON.stringify(parameters) && 'the client understands something else']
    if (seen.some((fault) => fault !== false)) problems.push({ offer, policy, response, seen })
  }
  expect(offers.length * policies.length).toBe(360 * 256)
  expect(problems.slice(0, 3)).toEqual([])
})
