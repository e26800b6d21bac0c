// What Tocsin negotiates, exactly: the cases only ask that an answer fits its offer, and would let a server decline.
import { describe, expect, onTestFinished, test } from 'vitest'
import { runThemes } from '../../src/runner.js'
import { DEFLATE, DEFLATE_WITH_CONTEXT, type TocsinOptions, startTocsin } from '../../src/servers/tocsin.js'
import { THEMES } from '../../src/themes.js'
import { randomKey } from '../../src/wire/handshake.js'
import { ClientPeer } from '../../src/wire/client-peer.js'

type Compression = TocsinOptions['compression'] & {}

async function start(compression: Compression): Promise<URL> {
  const server = await startTocsin({ compression })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server.url
}

async function answerTo(offer: string, compression: Compression): Promise<string | undefined> {
  const peer = await ClientPeer.connect({ url: await start(compression), timeout: 2_000 })
  onTestFinished(() => { peer.destroy() })
  const { headers } = await peer.request({ 'Sec-WebSocket-Key': randomKey(), 'Sec-WebSocket-Extensions': offer })
  return headers.get('sec-websocket-extensions')
}

const P = 'permessage-deflate'
const NO_CONTEXT = `${P}; server_no_context_takeover; client_no_context_takeover`

describe('by default neither side keeps a context', () => {
  test.each([
    [P, NO_CONTEXT],
    [`${P}; client_max_window_bits`, NO_CONTEXT],
    [`${P}; server_max_window_bits=8`, `${NO_CONTEXT}; server_max_window_bits=8`],
    [`${P}; server_max_window_bits=15`, `${NO_CONTEXT}; server_max_window_bits=15`],
    [`${P}; client_max_window_bits=9`, `${NO_CONTEXT}; client_max_window_bits=9`],
    [`${P}; unknown, ${P}; server_max_window_bits=10, ${P}`, `${NO_CONTEXT}; server_max_window_bits=10`],
    [`${P}; server_max_window_bits=010, x-unknown`, undefined],
  ])('%s: %s', async (offer, answer) => {
    expect(await answerTo(offer, DEFLATE)).toBe(answer)
    expect(await answerTo(offer, true)).toBe(answer)
  })
})

describe('with context, where the client goes along', () => {
  test.each([
    [P, P],
    [`${P}; server_no_context_takeover`, `${P}; server_no_context_takeover`],
    [`${P}; client_max_window_bits=10; server_max_window_bits=9`, `${P}; server_max_window_bits=9; client_max_window_bits=10`],
    [`${P}; server_max_window_bits=9, ${P}; server_max_window_bits=12`, `${P}; server_max_window_bits=9`],
  ])('%s: %s', async (offer, answer) => {
    expect(await answerTo(offer, DEFLATE_WITH_CONTEXT)).toBe(answer)
  })
})

describe('smaller windows', () => {
  const compression = { ...DEFLATE_WITH_CONTEXT, serverMaxWindowBits: 9, clientMaxWindowBits: 10 }

  test.each([
    [P, `${P}; server_max_window_bits=9`],
    [`${P}; client_max_window_bits`, `${P}; server_max_window_bits=9; client_max_window_bits=10`],
    [`${P}; client_max_window_bits=8`, `${P}; server_max_window_bits=9; client_max_window_bits=8`],
    [`${P}; server_max_window_bits=15`, `${P}; server_max_window_bits=9`],
  ])('%s: %s', async (offer, answer) => {
    expect(await answerTo(offer, compression)).toBe(answer)
  })

  test('and the cases pass', async () => {
    const themes = THEMES.filter(({ name }) => ['Compression: one offer', 'Compression: context', 'Compression: answers'].includes(name))
    const target = { url: await start(compression), timeout: 10_000, offer: P, claimsCompression: true }
    const results = await runThemes(themes, target)
    expect(results.flatMap((theme) => theme.results).filter(({ failure }) => failure !== undefined)).toEqual([])
  }, 60_000)
})

test('without compression every offer is declined', async () => {
  for (const offer of [P, NO_CONTEXT, `${P}; client_max_window_bits`]) expect(await answerTo(offer, false)).toBeUndefined()
})
