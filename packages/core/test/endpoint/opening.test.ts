// One opening handshake: what a hook may decide, when it is too late, and what the peer hears of mistakes.
import { describe, expect, test, vi } from 'vitest'
import type { Decision } from '../../src/endpoint/decision.js'
import type { Handshake } from '../../src/endpoint/handshake.js'
import { HandshakeError } from '../../src/protocol/index.js'
import { dial, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'

describe('a hook that settles without a decision', () => {
  const ways: Record<string, () => unknown> = {
    'returns nothing': () => undefined, 'returns null': () => null, 'returns true': () => true, 'returns an object': () => ({ outcome: { kind: 'accept' } }),
    'resolves with nothing': async () => { await turns(1) }, 'resolves with true': () => Promise.resolve(true),
    'throws': () => { throw new Error('secret') }, 'rejects': () => Promise.reject(new Error('secret')), 'throws no Error': () => { throw 'secret' }, // oxlint-disable-line no-throw-literal
    'rejects with nothing': () => Promise.reject(), // oxlint-disable-line prefer-promise-reject-errors
  }
  test.each(Object.entries(ways))('%s: 500 without a word, an error event, nobody comes in', async (_how, upgrade) => {
    const { port, errors, refusals, opened, endpoint } = await serve({ upgrade: upgrade as never })
    const peer = await (await request(port)).refused()
    expect(peer.status).toBe(500)
    expect(peer.head + peer.body).not.toContain('secret')
    expect(peer.header('connection')).toBe('close')
    expect(errors.length).toBe(1)
    expect(refusals).toMatchObject([{ status: 500 }])
    expect(opened).toEqual([])
    expect(endpoint.stats()).toMatchObject({ refused: 1, accepted: 0, pendingHandshakes: 0 })
  })

  test('the error says what to do', async () => {
    const { port, errors, refusals } = await serve({ upgrade: () => undefined as never })
    await (await request(port)).refused()
    expect(errors[0]!.error).toMatchObject({ name: 'UsageError', code: 'WS_ERR_NO_DECISION', message: expect.stringContaining('handshake.reject(status)') as string })
    expect(refusals).toMatchObject([{ code: 'WS_ERR_NO_DECISION', error: errors[0]!.error }])
  })
})

describe('what cannot be sent', () => {
  const decisions: Record<string, (handshake: Handshake) => unknown> = {
    'a CRLF in a header of the 101': (handshake) => handshake.accept(undefined, { headers: { 'X-A': 'a\r\nInjected: yes' } }),
    'a CRLF in a cookie': (handshake) => handshake.accept(undefined, { headers: { 'Set-Cookie': ['a=1', 'b=2\nInjected: yes'] } }),
    'a CRLF in a name': (handshake) => handshake.accept(undefined, { headers: { 'X-A\r\nInjected': 'yes' } }),
    'a header of the handshake itself': (handshake) => handshake.accept(undefined, { headers: { 'Sec-WebSocket-Accept': 'mine' } }),
    'a body length for a 101': (handshake) => handshake.accept(undefined, { headers: { 'Content-Length': 5 } }),
    'a subprotocol that was not offered': (handshake) => handshake.accept(undefined, { subprotocol: 'chat' }),
    'a CRLF in a subprotocol': (handshake) => handshake.accept(undefined, { subprotocol: 'a\r\nInjected: yes' }),
    'a CRLF in a header of a refusal': (handshake) => handshake.reject(401, { headers: { 'WWW-Authenticate': 'a\r\nInjected: yes' } }),
    'a CRLF in a header of a refusal with 500': (handshake) => handshake.reject(500, { headers: { 'X-A': 'a\r\nInjected: yes' } }),
    'a status that is none': (handshake) => handshake.reject(99),
    'a body that is none': (handshake) => handshake.reject(400, { body: 5 as never }),
    'a body with 204': (handshake) => handshake.reject(204, { body: 'x' }),
    'a HandshakeError of 500 with a CRLF': () => { throw new HandshakeError({ code: 'X', message: 'x', status: 500, headers: { 'X-A': 'a\r\nInjected: yes' } }) },
    'a rejection with one': () => Promise.reject(new HandshakeError({ code: 'X', message: 'x', status: 500, headers: { 'X-A': 'a\r\nInjected: yes' } })),
  }
  test.each(Object.entries(decisions))('%s: a usage error before a byte is written, and 500', async (_what, upgrade) => {
    const { port, errors, opened } = await serve({ upgrade: upgrade as never })
    const peer = await (await request(port)).refused()
    expect(peer.status).toBe(500)
    expect(peer.head + peer.body).not.toContain('Injected')
    expect(errors.length).toBe(1)
    expect(errors[0]!.error).toMatchObject({ name: 'UsageError' })
    expect(opened).toEqual([])
  })
})

describe('the deadline', () => {
  test('of a hook that does not settle: 503, its signal aborts, its result is dropped', async () => {
    const [hook, decided] = [gate(), vi.fn()]
    let signal: AbortSignal | undefined
    const { port, clock, refusals, opened, endpoint } = await serve({
      handshakeTimeout: 3_000,
      upgrade: async (handshake) => { signal = handshake.signal; await hook.promise; decided(); return handshake.accept() },
    })
    const peer = await request(port)
    await until(() => signal !== undefined)
    expect(endpoint.stats().pendingHandshakes).toBe(1)
    clock.advance(2_900)
    expect(signal!.aborted).toBe(false)
    clock.advance(300)
    await peer.refused()
    expect(peer.status).toBe(503)
    expect(signal!.aborted).toBe(true)
    expect(refusals).toMatchObject([{ status: 503, code: 'WS_ERR_HANDSHAKE_TIMEOUT' }])
    hook.open()
    await turns()
    expect(decided).toHaveBeenCalled()
    expect(opened).toEqual([])
    expect(endpoint.stats().pendingHandshakes).toBe(0)
  })

  test('is over with the decision', async () => {
    const { port, clock, connection, runtime } = await serve({ heartbeat: false, upgrade: async (handshake) => { await turns(1); return handshake.accept() } })
    await dial(port)
    await connection()
    expect(runtime.wheel.size).toBe(0)
    clock.advance(60_000)
    expect((await connection()).isEstablished).toBe(true)
  })
})

describe('the signal of a handshake', () => {
  test('does not abort because the hook has decided', async () => {
    const decisions: ((handshake: Handshake) => Decision<undefined>)[] = [(handshake) => handshake.accept(), (handshake) => handshake.reject(401)]
    for (const decide of decisions) {
      let signal: AbortSignal | undefined
      const { port } = await serve({ upgrade: async (handshake) => { signal = handshake.signal; await turns(1); return decide(handshake) } })
      await (await request(port)).answered()
      await turns()
      expect(signal!.aborted).toBe(false)
    }
  })

  test('aborts when the peer goes away, and when the endpoint closes', async () => {
    const signals: AbortSignal[] = []
    const { port, endpoint, refusals } = await serve({ upgrade: (handshake) => { signals.push(handshake.signal); return new Promise<never>(() => {}) } })
    const [gone, waiting] = [await request(port), await request(port)]
    await until(() => signals.length === 2)
    gone.reset()
    await until(() => signals.some(({ aborted }) => aborted))
    void endpoint.close()
    await waiting.refused()
    expect(waiting.status).toBe(503)
    expect(waiting.header('retry-after')).toBeDefined()
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    expect(refusals.map(({ status, code }) => [status, code])).toEqual([[0, 'WS_ERR_PEER_GONE'], [503, 'WS_ERR_CLOSING']])
  })
})

test('a hook that throws a HandshakeError refuses with it', async () => {
  const { port, errors, refusals } = await serve({
    upgrade: () => { throw new HandshakeError({ code: 'MY_CODE', message: 'not today', status: 418, headers: { 'X-Why': 'teapot' } }) },
  })
  const peer = await (await request(port)).refused()
  expect([peer.status, peer.header('x-why')]).toEqual([418, 'teapot'])
  expect(peer.body).not.toContain('not today')
  expect(errors).toEqual([])
  expect(refusals).toMatchObject([{ status: 418, code: 'MY_CODE', reason: 'not today' }])
})
