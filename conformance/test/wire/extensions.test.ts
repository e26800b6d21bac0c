// Answers to offers, judged (RFC 7692 §5.1, §7.1).
import { describe, expect, test } from 'vitest'
import { judge, parseExtensions } from '../../src/wire/extensions.js'

const P = 'permessage-deflate'
const NONE = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 15, clientMaxWindowBits: 15 }

describe('what fits', () => {
  test.each([
    [P, P, {}],
    [P, `${P}; server_no_context_takeover`, { serverNoContextTakeover: true }],
    [P, `${P}; client_no_context_takeover`, { clientNoContextTakeover: true }],
    [P, `${P}; server_max_window_bits=10`, { serverMaxWindowBits: 10 }],
    [`${P}; client_no_context_takeover`, P, { clientNoContextTakeover: true }],
    [`${P}; client_max_window_bits`, `${P}; client_max_window_bits=9`, { clientMaxWindowBits: 9 }],
    [`${P}; client_max_window_bits=12`, P, { clientMaxWindowBits: 12 }],
    [`${P}; client_max_window_bits=12`, `${P}; client_max_window_bits=10`, { clientMaxWindowBits: 10 }],
    [`${P}; server_max_window_bits=12`, `${P}; server_max_window_bits=12`, { serverMaxWindowBits: 12 }],
    [`${P}; server_max_window_bits="1\\2"`, `${P}; server_max_window_bits=8`, { serverMaxWindowBits: 8 }],
    [`x-one, ${P}; server_max_window_bits=8, ${P}`, P, {}],
    [`${P}; unknown, ${P}`, P, {}],
  ])('%s: %s', (offer, answer, agreement) => {
    expect(judge(offer, answer)).toEqual({ agreement: { ...NONE, ...agreement } })
  })

  test('a server may decline', () => {
    expect(judge(P, undefined)).toEqual({ agreement: undefined })
  })
})

describe('what does not', () => {
  test.each([
    [undefined, P, 'has to be declined'],
    ['x-one', P, 'has to be declined'],
    [P, 'x-one', 'was not offered'],
    [P, `${P}, ${P}`, 'was not offered'],
    [P, '', 'not a list'],
    [P, `${P};`, 'not a list'],
    [P, `${P}; unknown`, 'illegal parameter'],
    [P, `${P}; server_max_window_bits`, 'illegal parameter'],
    [P, `${P}; server_max_window_bits=16`, 'illegal parameter'],
    [P, `${P}; server_max_window_bits=010`, 'illegal parameter'],
    [P, `${P}; server_no_context_takeover=1`, 'illegal parameter'],
    [P, `${P}; server_no_context_takeover; server_no_context_takeover`, 'illegal parameter'],
    [`${P}; client_max_window_bits`, `${P}; client_max_window_bits`, 'illegal parameter'],
    [P, `${P}; client_max_window_bits=15`, '§7.1.2.2'],
    [`${P}; client_max_window_bits=10`, `${P}; client_max_window_bits=11`, '§7.1.2.2'],
    [`${P}; server_max_window_bits=10`, P, '§7.1.2.1'],
    [`${P}; server_max_window_bits=10`, `${P}; server_max_window_bits=11`, '§7.1.2.1'],
    [`${P}; server_no_context_takeover`, P, '§7.1.1.1'],
    [`${P}; unknown`, P, 'has to be declined'],
    [`${P}; server_max_window_bits=08`, `${P}; server_max_window_bits=8`, 'has to be declined'],
  ])('%s: %s', (offer, answer, fault) => {
    expect(judge(offer, answer)).toMatchObject({ fault: expect.stringContaining(fault) as string })
  })
})

test('the grammar', () => {
  expect(parseExtensions('a; b; c=1; d="2", e')).toEqual([
    { name: 'a', parameters: [['b', undefined], ['c', '1'], ['d', '2']] },
    { name: 'e', parameters: [] },
  ])
  for (const wrong of ['', 'a;', 'a b', 'a; b=', 'a; b="c d"', '"a"', 'a,,b']) expect(parseExtensions(wrong)).toBeUndefined()
})
