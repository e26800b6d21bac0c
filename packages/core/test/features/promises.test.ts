// FEATURES C4, C6, C7: what neither original has.
import { createServer } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import * as sharedFrames from '../../src/connection/shared-frame.js'
import { WebSocketEndpoint } from '../../src/index.js'
import { dial, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'

describe('C4: encode once', () => {
  test('a broadcast is framed once, whatever the number of receivers, and written once to each socket', async () => {
    const { endpoint, port, opened, sockets } = await serve()
    const peers = await Promise.all(Array.from({ length: 50 }, () => dial(port)))
    await until(() => opened.length === 50)
    await turns()
    const written: unknown[] = []
    for (const socket of sockets) {
      const write = socket.write.bind(socket)
      socket.write = ((chunk: Uint8Array, ...rest: never[]) => { written.push(chunk); return write(chunk, ...rest) }) as never
    }
    const encode = vi.spyOn(sharedFrames.SharedFrame.prototype, 'lasting', 'get')
    for (let i = 0; i < 16; i++) expect(endpoint.broadcast(`message ${i}`)).toBe(50)
    await Promise.all(peers.map((peer) => peer.frame(15)))
    expect(written.length).toBe(50)
    expect(new Set(written).size).toBe(1)
    expect(encode).not.toHaveBeenCalled()
    encode.mockRestore()
    for (const peer of peers) expect(peer.texts).toEqual(Array.from({ length: 16 }, (_, i) => `message ${i}`))
  })

  test('replies to one read leave in one write', async () => {
    const { endpoint, port, sockets, connection } = await serve()
    endpoint.on('message', (from, message) => { from.send(message) })
    const peer = await dial(port)
    await connection()
    await turns()
    const write = vi.spyOn(sockets[0]!, 'write')
    peer.send(...Array.from({ length: 100 }, (_, i) => String(i)))
    await peer.frame(99)
    expect(write.mock.calls.length).toBe(1)
  })
})

describe('C6: ordered async handlers', () => {
  test('one in flight, 16 queued, then reading stops, also when 1,000 messages come in one segment', async () => {
    const { endpoint, port, connection, sockets } = await serve()
    const gates: ReturnType<typeof gate>[] = []
    const order: number[] = []
    endpoint.on('message', async (_connection, message) => {
      const next = gate()
      gates.push(next)
      await next.promise
      order.push(Number(message))
    })
    const peer = await dial(port)
    peer.send(...Array.from({ length: 1_000 }, (_, i) => String(i)))
    await connection()
    await until(() => endpoint.stats().messagesReceived === 17)
    await turns(10)
    expect(gates.length).toBe(1)
    expect(endpoint.stats().messagesReceived).toBe(17)
    expect(sockets[0]!.isPaused()).toBe(true)
    while (order.length < 1_000) {
      gates.at(-1)!.open()
      await turns(1)
      expect(endpoint.stats().messagesReceived - order.length).toBeLessThanOrEqual(17)
    }
    expect(order).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  })

  test('connection.signal aborts on close', async () => {
    const { endpoint, port } = await serve()
    const aborted: unknown[] = []
    endpoint.on('message', (connection) => new Promise<void>((resolve) => {
      connection.signal.addEventListener('abort', () => { aborted.push(connection.signal.reason); resolve() })
    }))
    const peer = await dial(port)
    peer.send('work')
    await until(() => endpoint.stats().messagesReceived === 1)
    peer.reset()
    await until(() => aborted.length === 1)
    expect(aborted).toMatchObject([{ code: 'WS_ERR_CLOSED' }])
  })
})

describe('C7: secure defaults together', () => {
  test('same origin, 1 MiB, handshake deadline, send limit, heartbeat: without a single option', async () => {
    const endpoint = new WebSocketEndpoint().on('message', () => {})
    const server = createServer()
    endpoint.attach(server)
    const { listen } = await import('../support/serve.js')
    const port = await listen(server)
    expect((await (await request(port, { headers: ['Origin: http://evil.example'] })).refused()).status).toBe(403)
    expect((await (await request(port, { headers: ['Origin: null'] })).refused()).status).toBe(403)
    const peer = await dial(port, { headers: ['Origin: http://localhost'] })
    peer.socket.write(Buffer.from('82ff000000000010000100000000', 'hex'))
    expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
    await endpoint.close()
    server.close()
  })

  test('the deadline of the handshake holds without an option: 10 s', async () => {
    const { port, clock, refusals } = await serve({ upgrade: () => new Promise<never>(() => {}) })
    const peer = await request(port)
    await until(() => clock.pending > 0)
    await turns()
    clock.advance(9_900)
    await turns()
    expect(refusals).toEqual([])
    clock.advance(300)
    expect((await peer.refused()).status).toBe(503)
  })
})
