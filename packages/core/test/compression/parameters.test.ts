// Names and values of permessage-deflate as they stand in the field (RFC 7692 §7.1).
import { describe, expect, test } from 'vitest'
import { type ParsedParameters, parseParameters } from '../../src/compression/parameters.js'
import { parseExtensions } from '../../src/handshake/extensions.js'

const read = (parameters: string): ParsedParameters | null => parseParameters(parseExtensions(`permessage-deflate${parameters && `; ${parameters}`}`)[0]!)
const NONE = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: undefined, clientMaxWindowBits: undefined }
const BITS = [8, 9, 10, 11, 12, 13, 14, 15]

describe('legal', () => {
  const legal: [string, Partial<ParsedParameters>][] = [
    ['', {}],
    ['server_no_context_takeover', { serverNoContextTakeover: true }],
    ['client_no_context_takeover', { clientNoContextTakeover: true }],
    ['client_max_window_bits', { clientMaxWindowBits: true }],
    ...BITS.map((bits): [string, Partial<ParsedParameters>] => [`server_max_window_bits=${bits}`, { serverMaxWindowBits: bits }]),
    ...BITS.map((bits): [string, Partial<ParsedParameters>] => [`server_max_window_bits="${bits}"`, { serverMaxWindowBits: bits }]),
    ...BITS.map((bits): [string, Partial<ParsedParameters>] => [`client_max_window_bits=${bits}`, { clientMaxWindowBits: bits }]),
    ['client_max_window_bits="1\\0"', { clientMaxWindowBits: 10 }],
    ['server_max_window_bits = 9 ;client_no_context_takeover ; client_max_window_bits', { serverMaxWindowBits: 9, clientNoContextTakeover: true, clientMaxWindowBits: true }],
    ['client_max_window_bits=8; server_max_window_bits=15; server_no_context_takeover; client_no_context_takeover',
      { clientMaxWindowBits: 8, serverMaxWindowBits: 15, serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ]
  test.each(legal)('%s', (parameters, expected) => {
    expect(read(parameters)).toEqual({ ...NONE, ...expected })
  })
})

describe('illegal', () => {
  const values = ['7', '16', '0', '08', '015', '8.0', '8.', '1e1', '0x8', '-8', '+8', 'eight', '99999999999999999999', '10000000000', 'true', '1_0']
  const illegal = [
    ...values.flatMap((value) => [`server_max_window_bits=${value}`, `client_max_window_bits=${value}`]),
    'server_max_window_bits="08"', 'client_max_window_bits="16"',
    'server_max_window_bits', // RFC 7692 §7.1.2.1: it has a value
    'server_no_context_takeover=true', 'server_no_context_takeover=1', 'client_no_context_takeover=0', 'client_no_context_takeover="x"',
    'client_max_window_bits; client_max_window_bits', 'server_max_window_bits=9; server_max_window_bits=9', 'server_no_context_takeover; server_no_context_takeover',
    'client_no_context_takeover; server_no_context_takeover; client_no_context_takeover',
    'Server_No_Context_Takeover', 'SERVER_MAX_WINDOW_BITS=9', 'x', 'x=1', 'server_max_window_bits=9; x', 'mem_level=8',
    '__proto__', '__proto__=8', 'constructor', 'toString', 'hasOwnProperty=15', 'server_max_window_bits=10; __proto__',
  ]
  test.each(illegal)('%s', (parameters) => {
    expect(read(parameters)).toBeNull()
  })
})

test('values outside the grammar of tokens never get here: the handshake fails', () => {
  for (const value of ['""', '"1 0"', '"8', '']) expect(() => read(`server_max_window_bits=${value}`), value).toThrow(expect.objectContaining({ status: 400 }))
})
