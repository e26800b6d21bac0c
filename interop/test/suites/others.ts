// Our client and a server that others wrote, by way of what the client sees: the server's end is not ours to look at.
import { describe, expect, test } from 'vitest'
import type { Agent, OpenOptions } from '../../src/agent.js'
import { FRAGMENTS } from '../../src/servers/server.js'
import type { Encounter } from '../../src/stage.js'
import { LONG_REASON } from './closing.js'
import { SAMPLES } from './gist.js'
import { contents } from './messages.js'

export type Meeting = Omit<Encounter, 'visit' | 'echoFragments'>

export interface OtherLine {
  open(path?: string, options?: OpenOptions): Promise<Meeting>
  refusal(status: number): Promise<string>
}

export async function meet(agent: Agent, url: string, options: OpenOptions): Promise<Meeting> {
  const opened = await agent.open(url, options)
  if ('refused' in opened) throw new Error(`${url} refused the client: ${opened.refused}`)
  const { session, subprotocol, extensions } = opened
  return {
    subprotocol,
    extensions,
    echo: (samples) => agent.echo(session, samples),
    send: (sample) => agent.send(session, sample),
    receive: () => agent.receive(session),
    ping: (payload) => agent.ping(session, payload),
    close: (...status) => agent.close(session, ...status),
    closed: () => agent.closed(session),
  }
}

export function everything(line: OtherLine): void {
  describe('messages', () => contents({ open: () => line.open('/plain', { compression: false }) }))
  opening(line)
  orders(line)
  closing(line)
  compression(line)
}

export function gist(line: OtherLine): void {
  test('messages, plain and compressed, and a Close of the client', async () => {
    const plain = await line.open('/plain', { subprotocols: ['chat.v1'], compression: false })
    const compressed = await line.open('/plain')
    expect([plain.subprotocol, plain.extensions]).toEqual(['chat.v1', ''])
    expect(compressed.extensions).toMatch(/^permessage-deflate/)
    for (const { echo, close } of [plain, compressed]) {
      expect(await echo(SAMPLES)).toEqual([])
      expect(await close(4999, 'done')).toMatchObject({ code: 4999, clean: true })
    }
  })

  test('a Close of the server', async () => {
    const { send, closed } = await line.open('/told')
    await send({ text: 'close 1012 restarting' })
    expect(await closed()).toEqual({ code: 1012, reason: 'restarting', clean: true })
  })
}

function opening(line: OtherLine): void {
  test('a subprotocol, the second choice of the server', async () => {
    expect((await line.open('/plain', { subprotocols: ['chat.v0', 'chat.v1'] })).subprotocol).toBe('chat.v1')
  })

  test.each([401, 404, 503])('a refusal with %i', async (status) => {
    expect(await line.refusal(status)).toMatch(new RegExp(`\\b${status}\\b`))
  })
}

function orders(line: OtherLine): void {
  test('Pings of both ends, answered with their payload', async () => {
    const { ping, send, receive } = await line.open('/told')
    expect(await ping('x'.repeat(125))).toBe('x'.repeat(125))
    await send({ text: 'ping are-you-there' })
    expect(await receive()).toEqual({ text: 'pong are-you-there' })
  })

  test.each([['plain', false], ['compressed', true]])('fragments of the server, %s', async (_, offered) => {
    const { send, receive } = await line.open('/told', { compression: offered })
    await send({ text: 'fragments' })
    expect(await receive()).toEqual({ text: FRAGMENTS.join('') })
  })
}

function closing(line: OtherLine): void {
  test.each([[1000, 'done'], [3000, LONG_REASON], [4999, '']])('the client closes with %i "%s"', async (code, reason) => {
    const { close } = await line.open()
    expect(await close(code, reason)).toMatchObject({ code, clean: true })
  })

  test.each([[1000, 'done'], [1001, 'going away'], [1008, LONG_REASON], [1011, ''], [1012, 'restarting'], [4000, 'our own']])(
    'the server closes with %i "%s"',
    async (code, reason) => {
      const { send, closed } = await line.open('/told')
      await send({ text: `close ${code} ${reason}` })
      expect(await closed()).toEqual({ code, reason, clean: true })
    },
  )
}

function compression(line: OtherLine): void {
  test.each<[string, OpenOptions['compression']]>([
    ['with contexts', true],
    ['without', { server_no_context_takeover: true, client_no_context_takeover: true }],
    ['with small windows', { server_max_window_bits: 9, client_max_window_bits: 10 }],
  ])('compression, %s', async (_, offer) => {
    const { extensions, echo } = await line.open('/plain', { compression: offer! })
    expect(extensions).toMatch(/^permessage-deflate/)
    expect(await echo([...SAMPLES, ...SAMPLES, { text: 'grüße, 世界 🌍', times: 400 }, { bytes: 200_000, of: 'counter' }])).toEqual([])
  })

  test('16 MiB, compressed', async () => {
    const { echo } = await line.open()
    expect(await echo([{ bytes: 16 << 20, of: 'counter' }])).toEqual([])
  })
}
