// One attempt after the other: what gives one up, and that none is made in vain.
import { settle } from '@tocsin/testing'
import { afterEach, expect, it, vi } from 'vitest'
import { Client } from '../../src/shared/client.js'
import { createEngine } from '../../src/shared/engine.js'
import { watched } from '../support/watched.js'

afterEach(() => settle())

it('handshakeTimeout: a server that says nothing', async () => {
  const { client, peers, clock, said } = watched({ handshakeTimeout: 3_000 })
  await settle()
  await clock.advanceAsync(2_999)
  expect(said).toHaveLength(1)
  await clock.advanceAsync(1)
  expect(said.slice(1)).toEqual(['error WS_ERR_HANDSHAKE_TIMEOUT', 'close 1006', 'attempt 1 in 500'])
  expect(peers[0]!.hasEnded).toBe(true)
  client.terminate()
})

it('handshakeTimeout: a function that never answers; what it says too late is not used', async () => {
  let answer: (url: string) => void = () => undefined
  const { peers, clock, said } = watched({ reconnect: false, url: () => new Promise((resolve) => { answer = resolve }) })
  await settle()
  await clock.advanceAsync(10_000)
  expect(said).toEqual(['error WS_ERR_HANDSHAKE_TIMEOUT', 'close 1006 for good'])
  answer('ws://server.example/')
  await settle()
  expect(peers[0]?.hasEnded ?? true).toBe(true)
})

it('close while it connects: 1006, no error, and the server sees the end', async () => {
  const { client, peers, said } = watched()
  const opened = client.opened
  await settle()
  const closed = client.close()
  await expect(opened).rejects.toMatchObject({ code: 'WS_ERR_CLOSED' })
  expect(await closed).toMatchObject({ code: 1006, clean: false, initiator: 'local', error: undefined, final: true })
  await settle()
  expect([peers[0]!.hasEnded, said.at(-1)]).toEqual([true, 'close 1006 for good'])
})

it('close in the first turn: nobody is called', async () => {
  const { client, peers } = watched()
  await client.close()
  await settle()
  expect(peers).toHaveLength(0)
})

it('a platform is cut off once, and not before it was asked to connect', async () => {
  const cut = vi.fn<(error?: Error) => void>()
  class Slow extends Client<string> {
    constructor() {
      super(createEngine({ misuse: Error, failure: Error, nextDelay: () => Infinity, parseUrl: String, checkClose: () => undefined, connect: () => cut }, 'x', {}))
    }
  }
  const early = new Slow()
  await early.close()
  await settle()
  expect(cut).not.toHaveBeenCalled()
  const client = new Slow()
  await settle()
  const reason = new Error('enough')
  client.terminate(reason)
  client.terminate()
  expect([cut.mock.calls, client.readyState]).toEqual([[[reason]], 3])
})

it.each(['before', 'while it connects', 'while it is open', 'while it waits'])('an AbortSignal: %s', async (moment) => {
  const abort = new AbortController()
  const reason = new Error('enough')
  if (moment === 'before') abort.abort(reason)
  const { client, peers, clock, cut } = watched({ signal: abort.signal })
  await settle()
  if (moment === 'while it is open' || moment === 'while it waits') await peers[0]!.accept()
  if (moment === 'while it waits') await cut()
  abort.abort(reason)
  await clock.advanceAsync(3_600_000)
  expect([client.readyState, peers.length, clock.pending]).toEqual([3, moment === 'before' ? 0 : 1, 0])
  expect(await client.closed).toMatchObject({ code: 1006, error: reason, final: true })
})
