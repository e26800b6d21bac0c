// Other people's clients, over TCP and TLS.
import { describe, expect, test } from 'vitest'
import { CloseFrame } from '../../src/protocol/index.js'
import { dial, masked } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

describe.each([['TCP', false], ['TLS', true]])('ws over %s', (_name, secure) => {
  test('text, binary, large messages, Ping, Close', async () => {
    const { endpoint, port, closeEvent } = await serve({}, { secure })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const client = await connectWs(port, { secure })
    const payloads = ['grüße', Buffer.from([0, 1, 2]), 'x'.repeat(300_000), Buffer.alloc(1_000_000, 7), '']
    for (const payload of payloads) client.socket.send(payload)
    const received = await client.received(payloads.length)
    for (const [i, payload] of payloads.entries()) expect(Buffer.from(received[i]!).equals(Buffer.from(payload))).toBe(true)
    client.socket.ping('p')
    await until(() => client.pongs.length === 1)
    client.socket.close(4000, 'bye')
    expect(await client.closed()).toEqual({ code: 4000, reason: '' })
    expect(await closeEvent()).toMatchObject({ code: 4000, reason: 'bye', clean: true })
  })

  test('1,000 pipelined echoes, and broadcasts in between, all in order', async () => {
    const { endpoint, port, connection } = await serve({}, { secure })
    endpoint.on('message', (from, message) => { from.send(message); if (Number(message) % 100 === 0) endpoint.broadcast('all') })
    const client = await connectWs(port, { secure })
    await connection()
    for (let i = 0; i < 1_000; i++) client.socket.send(String(i))
    const received = await client.received(1_010)
    expect(received.filter((message) => message !== 'all')).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)))
    expect(received.length).toBe(1_010)
  })

  test('a slow reader gets everything', async () => {
    const { port, connection } = await serve({ heartbeat: false }, { secure })
    const client = await connectWs(port, { secure })
    const held = await connection()
    client.socket.pause()
    for (let i = 0; i < 60; i++) expect(held.send(Buffer.alloc(200_000, i))).toBe(true)
    await until(() => held.bufferedAmount > 0)
    const drained = held.drained()
    client.socket.resume()
    await drained
    expect(held.bufferedAmount).toBe(0)
    const received = await client.received(60)
    expect(received.every((message, i) => message.length === 200_000 && (message as Buffer)[0] === i)).toBe(true)
  })

  test('a stream arrives as one message', async () => {
    const { port, connection, endpoint } = await serve({}, { secure })
    const client = await connectWs(port, { secure })
    const held = await connection()
    const sending = held.sendStream((function* parts() { for (let i = 0; i < 50; i++) yield `${i},` })())
    endpoint.broadcast('between')
    expect(await sending).toBe(true)
    expect(await client.received(2)).toEqual(expect.arrayContaining([Array.from({ length: 50 }, (_, i) => `${i},`).join(''), 'between']))
  })
})

test.skipIf(typeof globalThis.WebSocket === 'undefined')('Node\'s own WebSocket', async () => {
  const { endpoint, port, closeEvent } = await serve({ subprotocols: ['chat'] })
  endpoint.on('message', (connection, message) => { connection.send(message) })
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['chat'])
  socket.binaryType = 'arraybuffer'
  const received: unknown[] = []
  socket.addEventListener('message', ({ data }) => { received.push(data instanceof ArrayBuffer ? Buffer.from(data).toString('hex') : data) })
  await new Promise((resolve, reject) => { socket.addEventListener('open', resolve); socket.addEventListener('error', reject) })
  expect(socket.protocol).toBe('chat')
  socket.send('hello')
  socket.send(new Uint8Array([1, 2]))
  await until(() => received.length === 2)
  expect(received).toEqual(['hello', '0102'])
  const closed = new Promise<unknown>((resolve) => { socket.addEventListener('close', resolve) })
  socket.close(4000, 'bye')
  expect(await closed).toMatchObject({ code: 4000, wasClean: true })
  expect(await closeEvent()).toMatchObject({ code: 4000, reason: 'bye', clean: true, initiator: 'peer' })
})

test.each([['TCP', false], ['TLS', true]])('FIN right behind messages and Close, over %s: slow handlers get them all, and it was clean', async (_name, secure) => {
  const { endpoint, port, closeEvent } = await serve({}, { secure })
  const seen: string[] = []
  endpoint.on('message', async (connection, message) => { await turns(1); seen.push(String(message)); connection.send(message) })
  const peer = await dial(port, { secure, lingers: true })
  peer.socket.end(Buffer.concat([...Array.from({ length: 60 }, (_, i) => masked(String(i))), masked(new CloseFrame(4000, 'done'))]))
  expect(await closeEvent()).toMatchObject({ code: 4000, reason: 'done', clean: true })
  expect(seen.length).toBe(60)
  await peer.closeFrame()
  expect(peer.texts.length).toBeGreaterThan(40)
})
