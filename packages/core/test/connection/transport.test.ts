// The byte port: what it says about streams, and what it keeps from them.
import { Buffer } from 'node:buffer'
import { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { Transport, type TransportOwner } from '../../src/connection/transport.js'
import { Runtime } from '../../src/runtime.js'
import { FakeSocket } from '../support/fake-socket.js'
import { memoryPair } from '../support/memory-duplex.js'
import { turns } from '../support/wait.js'

function owner() {
  const log: string[] = []
  const chunks: Buffer[] = []
  const made: TransportOwner = {
    runtime: new Runtime(),
    onBytes: (chunk) => { chunks.push(chunk); log.push(`bytes ${chunk.toString()}`) },
    onEnd: () => { log.push('end') },
    onWritten: () => { log.push('written') },
    onClosed: (error) => { log.push(`closed ${error?.message}`) },
  }
  return { log, chunks, owner: made }
}

test('Node\'s own sockets are native, other streams are not', () => {
  expect(new Transport(new FakeSocket(), owner().owner).isNative).toBe(true)
  expect(new Transport(new TLSSocket(new FakeSocket()), owner().owner).isNative).toBe(true)
  expect(new Transport(memoryPair()[0], owner().owner).isNative).toBe(false)
})

test('bytes that were put back come first, in a later tick', async () => {
  const { log, owner: o } = owner()
  const socket = new FakeSocket()
  const transport = new Transport(socket, o)
  transport.putBack(Buffer.from('early'))
  transport.resume()
  expect(log).toEqual([])
  socket.receive(Buffer.from('later'))
  await turns()
  expect(log).toEqual(['bytes early', 'bytes later'])
})

test('paused, it delivers nothing', async () => {
  const { log, owner: o } = owner()
  const socket = new FakeSocket()
  const transport = new Transport(socket, o)
  transport.pause()
  socket.receive(Buffer.from('a'))
  await turns()
  expect(log).toEqual([])
  transport.resume()
  await turns()
  expect(log).toEqual(['bytes a'])
})

test('onWritten comes when the kernel has everything, also below the high-water mark', async () => {
  const { log, owner: o } = owner()
  const socket = new FakeSocket()
  const transport = new Transport(socket, o)
  socket.isStalled = true
  transport.write(Buffer.from('a'))
  expect(transport.writableLength).toBe(1)
  transport.notifyWritten()
  await turns()
  expect(log).toEqual([])
  socket.release()
  await turns()
  expect(log).toEqual(['written'])
})

describe('the end', () => {
  test('FIN, error and close are told; the error comes with the close', async () => {
    const { log, owner: o } = owner()
    const socket = new FakeSocket()
    const transport = new Transport(socket, o)
    transport.resume()
    socket.receiveEnd()
    await turns()
    transport.end()
    transport.end()
    socket.destroy(new Error('broken'))
    await turns()
    expect(log).toEqual(['end', 'closed broken'])
    expect(transport.isDestroyed).toBe(true)
    expect(socket.hasEnded).toBe(true)
  })

  test('an error after the close finds a listener', async () => {
    const socket = new FakeSocket()
    new Transport(socket, owner().owner).destroy()
    await turns()
    expect(() => socket.emit('error', new Error('late'))).not.toThrow()
  })
})

test('a connection costs no closure: the listeners are shared', () => {
  const [a, b] = [new FakeSocket(), new FakeSocket()]
  for (const socket of [a, b]) new Transport(socket, owner().owner) // oxlint-disable-line no-new
  for (const event of ['data', 'error', 'close']) expect(a.listeners(event).at(-1)).toBe(b.listeners(event).at(-1))
})
