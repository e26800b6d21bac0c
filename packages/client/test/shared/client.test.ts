// The public face: what it says to whom inside. The life behind it is lifecycle.test.ts.
import { getEventListeners } from 'node:events'
import { CloseFrame } from '@tocsin/core/protocol'
import { settle, virtualClock } from '@tocsin/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { openRaw, rawServer } from '../support/raw-server.js'

afterEach(() => settle())

describe('before there is a connection', () => {
  it('says so, of everything', async () => {
    const { client } = rawServer()
    expect([client.readyState, client.subprotocol, client.extensions, client.bufferedAmount, client.ping()]).toEqual([0, '', '', 0, false])
    expect([client.cancel(), client.cancel(), client.readyState]).toEqual([true, false, 3])
  })

  it('reconnect waits for the attempt that runs', async () => {
    const { client, peers } = rawServer()
    client.reconnect()
    await settle()
    expect(peers).toHaveLength(1)
    client.terminate()
  })
})

it('an open one has what was agreed on', async () => {
  const { client } = await openRaw({ subprotocols: ['chat'], accept: { fields: { 'Sec-WebSocket-Protocol': 'chat' } } })
  expect([client.readyState, client.subprotocol, client.extensions, client.ping('x'), client.cancel()]).toEqual([1, 'chat', '', true, false])
})

it('await using closes it', async () => {
  const { client, peer } = await openRaw()
  const disposed = client[Symbol.asyncDispose]()
  expect(await peer.closeCodes()).toEqual([1000])
  await peer.send(new CloseFrame(1000))
  peer.socket.end()
  await disposed
  expect(client.readyState).toBe(3)
})

it('closed, it says how, again and again, and takes no more', async () => {
  const { client } = await openRaw()
  client.terminate(new Error('enough'))
  expect([await client.closed, await client.close()]).toMatchObject([{ error: { message: 'enough' } }, { final: true }])
  await expect(client.opened).rejects.toThrow('enough')
  expect([client.send('x'), client.ping()]).toEqual([false, false])
})

it.each(['in its first turn', 'later'])('a client that has closed %s leaves nothing on its AbortSignal', async (moment) => {
  const { signal } = new AbortController()
  const { client } = rawServer({ signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  if (moment === 'later') await settle()
  client.terminate()
  await settle()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

it('an AbortSignal ends also a client that came back by hand after its end', async () => {
  const abort = new AbortController()
  const clock = virtualClock()
  const { client, peers } = await openRaw({ clock, pingInterval: false, signal: abort.signal })
  client.terminate()
  client.reconnect()
  await clock.advanceAsync(1)
  await peers.at(-1)!.accept()
  expect(client.readyState).toBe(1)
  abort.abort(new Error('enough'))
  expect(await client.closed).toMatchObject({ final: true, error: { message: 'enough' } })
})
