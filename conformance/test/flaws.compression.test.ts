// The same for RFC 7692: small servers, each with one flaw of its compression.
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Theme } from '../src/case.js'
import { runThemes } from '../src/runner.js'
import { THEMES } from '../src/themes.js'
import { PING, PONG, frame } from '../src/wire/frame.js'
import { type Flaw, deflateRight, startFlawed } from './support/flawed-server.js'
import { verdict } from './support/verdict.js'

const mask = undefined
const ACCEPT = { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover' }
const deflate: Flaw = { fields: (fields, offer) => (offer === undefined ? fields : { ...fields, ...ACCEPT }), deflate: deflateRight }
const accepting = (extensions: string): Flaw => ({
  ...deflate,
  fields: (fields) => ({ ...fields, 'Sec-WebSocket-Extensions': extensions }),
})
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH }

const WITHOUT_CONTEXT = 'the server keeps no context: permessage-deflate; server_no_context_takeover; client_no_context_takeover'

const COMPRESSION_FLAWS: [what: string, theme: string, name: string, flaw: Flaw, failure: RegExp][] = [
  [
    'declines what it claims to have',
    'Compression: one offer',
    'accepted as offered: permessage-deflate',
    {},
    /declined: permessage-deflate/,
  ],
  [
    'leaves server_no_context_takeover out',
    'Compression: parameters',
    'server_no_context_takeover',
    accepting('permessage-deflate'),
    /§7\.1\.1\.1: server_no_context_takeover was offered/,
  ],
  [
    'leaves server_max_window_bits out',
    'Compression: one offer',
    'accepted as offered: permessage-deflate; server_max_window_bits=10',
    accepting('permessage-deflate'),
    /§7\.1\.2\.1/,
  ],
  [
    'answers with a larger window',
    'Compression: one offer',
    'accepted as offered: permessage-deflate; server_max_window_bits=10',
    accepting('permessage-deflate; server_max_window_bits=11'),
    /§7\.1\.2\.1/,
  ],
  [
    'limits a client that did not offer that',
    'Compression: one offer',
    'accepted as offered: permessage-deflate',
    accepting('permessage-deflate; client_max_window_bits=10'),
    /§7\.1\.2\.2/,
  ],
  [
    'answers client_max_window_bits without a value',
    'Compression: one offer',
    'accepted as offered: permessage-deflate; client_max_window_bits',
    accepting('permessage-deflate; client_max_window_bits'),
    /has an illegal parameter/,
  ],
  [
    'accepts an unknown parameter',
    'Compression: one offer',
    'declined: permessage-deflate; unknown',
    deflate,
    /§7: an offer was accepted that has to be declined/,
  ],
  [
    'accepts leading zeroes',
    'Compression: one offer',
    'declined: permessage-deflate; server_max_window_bits=08',
    deflate,
    /§7: an offer was accepted that has to be declined/,
  ],
  [
    'refuses instead of declining',
    'Compression: several offers',
    'the legal one of: permessage-deflate; unknown, permessage-deflate',
    { ...deflate, isAcceptable: (head) => !head.includes('unknown') },
    /status 400/,
  ],
  [
    'keeps its context',
    'Compression: context',
    WITHOUT_CONTEXT,
    {
      ...deflate,
      deflate: (message, before) => deflateRawSync(
        message,
        { ...SYNC, ...(before.length > 0 ? { dictionary: before } : {}) },
      ).subarray(0, -4),
    },
    /§7\.1\.1\.1: a match reaches beyond/,
  ],
  [
    'uses a larger window',
    'Compression: answers',
    '9 bits: repeated just beyond the window',
    { ...deflate, fields: (fields) => ({ ...fields, 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=9' }) },
    /§7\.1\.2\.1: a match \d+ bytes back in a window of 512/,
  ],
  [
    'leaves the tail on',
    'Compression: context',
    WITHOUT_CONTEXT,
    { ...deflate, deflate: (message) => deflateRawSync(message, SYNC) },
    /§7\.2\.1/,
  ],
  ['sets RSV1 and does not compress', 'Compression: context', WITHOUT_CONTEXT, { ...deflate, deflate: (message) => message }, /§7\.2\.1/],
  [
    'never compresses',
    'Compression: context',
    'a server that claims to compress does',
    { ...deflate, deflate: () => undefined },
    /came uncompressed/,
  ],
  [
    'sets RSV1 on Pongs',
    'Compression: one offer',
    'declined: permessage-deflate; unknown',
    { answer: (bytes, { opcode, payload }) => (opcode === PING ? frame(PONG, payload, { mask, rsv: 4 }) : bytes) },
    /a reserved bit is set/,
  ],
]

function firstOfServer(theme: Theme): Theme {
  return { ...theme, cases: theme.cases.filter(({ of }) => of !== 'client').slice(0, 3) }
}

describe('RFC 7692', () => {
  test.each(COMPRESSION_FLAWS)('%s: caught by "%s: %s"', async (_what, theme, name, flaw, failure) => {
    expect(await verdict(flaw, { theme, name })).toMatch(failure)
  })

  test('one without these flaws passes', async () => {
    expect(await verdict(deflate, { theme: 'Compression: one offer', name: 'accepted as offered: permessage-deflate' })).toBeUndefined()
    expect(await verdict(deflate, { theme: 'Compression: context', name: WITHOUT_CONTEXT })).toBeUndefined()
    const name = 'server_no_context_takeover; client_no_context_takeover'
    expect(await verdict(deflate, { theme: 'Compression: parameters', name })).toBeUndefined()
  })

  test('one that declines passes, unless it claims to have it', async () => {
    const cases = THEMES.filter(({ rfc }) => rfc === 7692).map(firstOfServer)
    const results = await runThemes(cases, { url: await startFlawed({}), timeout: 200 })
    expect(results.flatMap(({ results: own }) => own).filter(({ failure }) => failure !== undefined)).toEqual([])
  })
})
