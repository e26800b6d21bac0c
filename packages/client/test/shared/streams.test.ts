import { Duplex } from 'node:stream'
import { CloseFrame, pack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { readableOf, writableOf } from '../../src/shared/streams.js'
import { openRaw } from '../support/raw-server.js'

afterEach(() => settle())

describe('readableOf', () => {
  it('takes a message when somebody reads, and no earlier', async () => {
    const { client, peer } = await openRaw()
    const seen: unknown[] = []
    client.on('message', (message) => seen.push(message))
    const reader = readableOf(client).getReader()
    await peer.write(pack('to the handler'))
    const read = reader.read()
    await peer.write(pack('to the reader'))
    expect([seen, await read]).toEqual([['to the handler'], { done: false, value: 'to the reader' }])
    client.terminate()
    expect(await reader.read()).toMatchObject({ done: true })
  })

  it('cancelled, also while it waits, it gives the messages back and closes', async () => {
    const { client, peer } = await openRaw()
    const reader = readableOf(client).getReader()
    const read = reader.read()
    const cancelled = reader.cancel()
    expect(await read).toMatchObject({ done: true })
    expect(await peer.closeCodes()).toEqual([1000])
    await peer.send(new CloseFrame(1000))
    peer.socket.end()
    await cancelled
    expect(() => client[Symbol.asyncIterator]()).not.toThrow()
  })
})

describe('writableOf', () => {
  it('writes no faster than the server reads', async () => {
    const { client, peer } = await openRaw({ capacity: 1_024 })
    peer.socket.pause()
    const writer = writableOf(client).getWriter()
    let isWritten = false
    const written = writer.write('x'.repeat(100_000)).then(() => { isWritten = true })
    await settle()
    expect(isWritten).toBe(false)
    peer.socket.resume()
    await settle(400)
    await written
    expect((await peer.texts())[0]).toHaveLength(100_000)
  })

  it('what is refused is an error; an abort ends at once', async () => {
    const { client } = await openRaw()
    const writer = writableOf(client).getWriter()
    const reason = new Error('enough')
    await writer.abort(reason)
    expect(await client.closed).toMatchObject({ code: 1006, error: reason })
    await expect(writableOf(client).getWriter().write('x')).rejects.toThrow('refused')
  })
})

it('together they are a Duplex', async () => {
  const { client, peer } = await openRaw()
  const duplex = Duplex.fromWeb({ readable: client.readable, writable: client.writable } as never, { objectMode: true })
  duplex.write('out')
  await settle(20)
  await peer.write(pack('in'))
  const [message] = await duplex.take(1).toArray() as unknown[]
  expect([message, await peer.texts()]).toEqual(['in', ['out']])
  client.terminate()
})
