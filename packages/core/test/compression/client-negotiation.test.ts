// The client's half of the negotiation: its offer, and which answers it accepts.
import { describe, expect, test } from 'vitest'
import { offerCompression, readCompressionResponse } from '../../src/compression/client-negotiation.js'
import { negotiateCompression } from '../../src/compression/negotiation.js'
import { type CompressionOptions, type CompressionPolicy, resolveCompression } from '../../src/compression/options.js'
import type { CompressionParameters } from '../../src/compression/parameters.js'
import { parseExtensions, serializeExtension } from '../../src/handshake/extensions.js'

const KEEPS = { serverNoContextTakeover: false, clientNoContextTakeover: false }
const policyOf = (options: CompressionOptions): CompressionPolicy => resolveCompression({ ...KEEPS, ...options })!
const offer = (options: CompressionOptions): string => serializeExtension(offerCompression(policyOf(options)))
const read = (response: string, options: CompressionOptions = {}): CompressionParameters | undefined => readCompressionResponse(parseExtensions(response), policyOf(options))
const DEFAULT = { ...KEEPS, serverMaxWindowBits: 15, clientMaxWindowBits: 15 }

test.each<[CompressionOptions, string]>([
  [{}, 'permessage-deflate; client_max_window_bits'],
  [{ clientMaxWindowBits: 9 }, 'permessage-deflate; client_max_window_bits=9'],
  [{ serverMaxWindowBits: 9 }, 'permessage-deflate; server_max_window_bits=9; client_max_window_bits'],
  [{ serverNoContextTakeover: true, clientNoContextTakeover: true }, 'permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits'],
])('the offer for %o', (options, expected) => {
  expect(offer(options)).toBe(expected)
})

describe('an answer that conforms', () => {
  test.each<[string, CompressionOptions, Partial<CompressionParameters>]>([
    ['permessage-deflate', {}, {}],
    ['permessage-deflate; server_no_context_takeover', {}, { serverNoContextTakeover: true }],
    ['permessage-deflate; client_no_context_takeover', {}, { clientNoContextTakeover: true }],
    ['permessage-deflate', { clientNoContextTakeover: true }, { clientNoContextTakeover: true }],
    ['permessage-deflate; server_max_window_bits=8', {}, { serverMaxWindowBits: 8 }],
    ['permessage-deflate; server_max_window_bits=8', { serverMaxWindowBits: 9 }, { serverMaxWindowBits: 8 }],
    ['permessage-deflate; client_max_window_bits=12', {}, { clientMaxWindowBits: 12 }],
    ['permessage-deflate', { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 12 }],
    ['permessage-deflate; client_max_window_bits=10', { clientMaxWindowBits: 12 }, { clientMaxWindowBits: 10 }],
  ])('%s to %o', (response, options, expected) => {
    expect(read(response, options)).toEqual({ ...DEFAULT, ...expected })
  })

  test('none at all: the server declines, which is always allowed', () => {
    expect(readCompressionResponse([], policyOf({}))).toBeUndefined()
    expect(readCompressionResponse([], undefined)).toBeUndefined()
  })
})

describe('an answer that does not: 1010', () => {
  const wrong: [string, CompressionOptions?][] = [
    ['permessage-bzip2'], ['__proto__'], ['permessage-deflate, permessage-deflate'], ['permessage-deflate, x'], ['permessage-deflate; x'], ['permessage-deflate; __proto__'],
    ['permessage-deflate; client_max_window_bits'], ['permessage-deflate; server_max_window_bits'], ['permessage-deflate; server_max_window_bits=7'], ['permessage-deflate; client_max_window_bits=16'],
    ['permessage-deflate; server_no_context_takeover=1'], ['permessage-deflate; server_no_context_takeover; server_no_context_takeover'],
    ['permessage-deflate', { serverNoContextTakeover: true }],
    ['permessage-deflate', { serverMaxWindowBits: 14 }], ['permessage-deflate; server_max_window_bits=11', { serverMaxWindowBits: 10 }],
    ['permessage-deflate; client_max_window_bits=11', { clientMaxWindowBits: 10 }],
  ]
  test.each(wrong)('%s to %o', (response, options) => {
    expect(() => read(response, options)).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'WS_ERR_EXTENSIONS', closeCode: 1010 }))
  })

  test('any extension when nothing was offered', () => {
    expect(() => readCompressionResponse(parseExtensions('permessage-deflate'), undefined)).toThrow(expect.objectContaining({ closeCode: 1010 }))
  })
})

test('our server\'s answer to our client\'s offer is always accepted, and both agree on the same', () => {
  let count = 0
  const options = [{}, { serverNoContextTakeover: true }, { clientNoContextTakeover: true }].flatMap((flags) =>
    [8, 11, 15].flatMap((server) => [8, 11, 15].map((client): CompressionOptions => ({ ...flags, serverMaxWindowBits: server, clientMaxWindowBits: client }))))
  for (const own of options) for (const servers of options) {
    const agreement = negotiateCompression(parseExtensions(offer(own)), policyOf(servers), () => true)!
    expect(read(serializeExtension(agreement.extension), own)).toEqual(agreement.parameters)
    count++
  }
  expect(count).toBe(27 * 27)
})
