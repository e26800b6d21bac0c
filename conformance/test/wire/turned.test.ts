// What a case wants as a client, as a server's answer.
import { expect, test } from 'vitest'
import { judge } from '../../src/wire/extensions.js'
import { turnedAgreement, turnedAnswer } from '../../src/wire/turned.js'

const P = 'permessage-deflate'
const ANY = `${P}; client_max_window_bits`

test.each([
  [P, ANY, P],
  [ANY, ANY, P],
  [`${P}; server_no_context_takeover`, ANY, `${P}; client_no_context_takeover`],
  [`${P}; client_no_context_takeover`, ANY, `${P}; server_no_context_takeover`],
  [`${P}; server_max_window_bits=9; client_max_window_bits=12`, ANY, `${P}; server_max_window_bits=12; client_max_window_bits=9`],
  [`${P}; server_max_window_bits=9`, P, P],
  [`${P}; server_max_window_bits=12`, `${P}; client_max_window_bits=10`, `${P}; client_max_window_bits=10`],
  [P, `${P}; server_no_context_takeover; server_max_window_bits=10`, `${P}; server_no_context_takeover; server_max_window_bits=10`],
  [P, undefined, undefined],
])('%s, where %s is offered: %s', (wanted, offered, answer) => {
  expect(turnedAnswer(wanted, offered)).toBe(answer)
  expect(judge(offered, answer)).toHaveProperty('agreement')
})

test('in each other\'s place', () => {
  const agreement = { serverNoContextTakeover: true, clientNoContextTakeover: false, serverMaxWindowBits: 9, clientMaxWindowBits: 15 }
  expect(turnedAgreement(agreement)).toEqual({
    serverNoContextTakeover: false, clientNoContextTakeover: true, serverMaxWindowBits: 15, clientMaxWindowBits: 9,
  })
})
