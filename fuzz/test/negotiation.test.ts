// The oracle of the negotiation, against the examples and rules of RFC 7692 §7.1.
import { expect, test } from 'vitest'
import { answerByReference, readAnswer } from '../src/stream/negotiation.js'

const NOTHING = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 15, clientMaxWindowBits: 15 }
const ALL = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 9 }

test.each([
  ['permessage-deflate', [], ['client_no_context_takeover', 'server_max_window_bits=10', 'server_no_context_takeover']],
  ['permessage-deflate; server_no_context_takeover', ['server_no_context_takeover'], undefined],
  ['permessage-deflate; server_max_window_bits=12', ['server_max_window_bits=12'], undefined],
  ['permessage-deflate; server_max_window_bits=15', ['server_max_window_bits=15'], undefined],
  ['permessage-deflate; client_max_window_bits', [],
    ['client_max_window_bits=9', 'client_no_context_takeover', 'server_max_window_bits=10', 'server_no_context_takeover']],
  ['permessage-deflate; client_max_window_bits="8"', ['client_max_window_bits=8'], undefined],
  ['x, permessage-deflate;server_max_window_bits=08 , permessage-deflate;client_max_window_bits=10',
    ['client_max_window_bits=10'], undefined],
])('%s', (offers, least, most) => {
  expect(answerByReference(offers, NOTHING)).toEqual(least)
  if (most !== undefined) expect(answerByReference(offers, ALL)).toEqual(most)
})

test.each(['x', 'permessage-deflate; x', 'permessage-deflate; server_max_window_bits', 'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; client_max_window_bits=16', 'permessage-deflate; server_no_context_takeover=1', 'Permessage-Deflate',
  'permessage-deflate; client_max_window_bits; client_max_window_bits=9'])('%s is declined', (offers) => {
  expect(answerByReference(offers, ALL)).toBeUndefined()
})

test('an answer is read', () => {
  expect(readAnswer(undefined)).toBeUndefined()
  expect(readAnswer('permessage-deflate')).toEqual([])
  expect(readAnswer('permessage-deflate; b; a=1')).toEqual(['a=1', 'b'])
  expect(() => readAnswer('x')).toThrow('the server answers x')
})
