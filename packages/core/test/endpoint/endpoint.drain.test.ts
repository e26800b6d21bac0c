// FEATURES A32, C9: readiness off, no new upgrades, Close, close handlers, deadline.
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { Opcode } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { dial, request } from '../support/raw-peer.js'
import { listen, serve } from '../support/serve.js'
import { testClock } from '../support/virtual-clock.js'
import { gate, turns, until } from '../support/wait.js'

describe('readinessDelay', () => {
  test('not ready at once, everything goes on for so long, then a 503 with Retry-After', async () => {
    const { endpoint, port, clock, opened, closed } = await serve()
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const early = await dial(port)
    await until(() => opened.length === 1)
    expect(endpoint.isReady).toBe(true)
    const closing = endpoint.close({ readinessDelay: 5_000 })
    expect(endpoint.isReady).toBe(false)
    clock.advance(4_900)
    const late = await dial(port)
    late.send('let in')
    await late.frame(0)
    expect([late.texts, early.close]).toEqual([['let in'], undefined])
    clock.advance(200)
    await until(() => early.close !== undefined && late.close !== undefined)
    const refused = await request(port)
    await until(() => refused.status === 503)
    expect(refused.header('retry-after')).toBe('1')
    for (const peer of [early, late]) peer.sendClose(1001)
    await closing
    expect(closed.map(({ code, clean }) => [code, clean])).toEqual([[1001, true], [1001, true]])
    expect(clock.pending).toBe(0)
  })

  test('the deadline counts from its end; a second call, and server.close(), wait for the same end', async () => {
    const { endpoint, server, port, clock, opened } = await serve()
    await dial(port)
    await until(() => opened.length === 1)
    const closing = endpoint.close({ readinessDelay: 1_000, deadline: 1_000 })
    expect(endpoint.close({ code: 1012, deadline: 1 })).toBe(closing)
    server.close()
    clock.advance(900)
    await turns()
    expect(opened[0]!.isEstablished).toBe(true)
    clock.advance(200)
    await turns()
    expect(opened[0]!.readyState).toBe(2)
    clock.advance(1_200)
    await closing
    await until(() => endpoint.connections.size === 0)
  })

  test('with listen(): the port stays open for so long', async () => {
    const clock = testClock()
    const endpoint = new WebSocketEndpoint({ runtime: new Runtime({ clock }) }).on('message', () => {})
    const { port } = await endpoint.listen(0, '127.0.0.1')
    const closing = endpoint.close({ readinessDelay: 1_000 })
    const peer = await dial(port)
    clock.advance(1_100)
    await until(() => peer.close !== undefined)
    peer.sendClose(1001)
    await closing
    await expect(request(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('close()', () => {
  test('handshakes in flight get a 503 with Retry-After, and what their hook decides is dropped', async () => {
    const decision = gate()
    let isAborted = false
    const { endpoint, port, refusals } = await serve({
      async upgrade(handshake) {
        handshake.signal.addEventListener('abort', () => { isAborted = true })
        await decision.promise
        return handshake.accept()
      },
    })
    const peer = await request(port)
    await until(() => endpoint.stats().pendingHandshakes === 1)
    await endpoint.close()
    await until(() => peer.status === 503)
    expect(peer.header('retry-after')).toBe('1')
    decision.open()
    await turns()
    expect(isAborted).toBe(true)
    expect(refusals).toMatchObject([{ status: 503, code: 'WS_ERR_CLOSING' }])
    expect(endpoint.stats()).toMatchObject({ connections: 0, pendingHandshakes: 0, accepted: 0 })
  })

  test('close handlers that never settle do not hold it up beyond the deadline; several calls are one', async () => {
    const { endpoint, port, clock, opened } = await serve()
    endpoint.on('close', () => new Promise(() => {}))
    const peer = await dial(port)
    await until(() => opened.length === 1)
    const closing = endpoint.close({ deadline: 3_000 })
    await peer.closeFrame()
    peer.sendClose(1001)
    await until(() => endpoint.connections.size === 0)
    let isOver = false
    void closing.then(() => { isOver = true })
    clock.advance(2_900)
    await turns()
    expect(isOver).toBe(false)
    clock.advance(200)
    await closing
    expect(clock.pending).toBe(0)
    await endpoint.close()
  })

  test('a message handler that is busy for ever, and peers that read nothing: cut at the deadline', async () => {
    const { endpoint, port, clock, opened, closed } = await serve()
    endpoint.on('message', () => new Promise(() => {}))
    const [busy, silent] = [await dial(port), await dial(port)]
    await until(() => opened.length === 2)
    busy.send('x')
    silent.socket.pause()
    opened[1]!.send(Buffer.alloc(8_000_000))
    await turns()
    const closing = endpoint.close({ deadline: 1_000 })
    clock.advance(1_200)
    await closing
    await until(() => endpoint.connections.size === 0)
    await until(() => closed.length >= 1)
    expect(closed[0]).toMatchObject({ code: 1006, clean: false, initiator: 'local', error: { code: 'WS_ERR_CLOSE_TIMEOUT' } })
  })

  test('a long message that is being deflated in slices still goes out whole, and what was sent behind it', async () => {
    const runtime = new Runtime({ clock: testClock() })
    const endpoint = new WebSocketEndpoint({ runtime, compression: true, pushOnly: true })
    const server = createServer()
    endpoint.attach(server)
    const port = await listen(server)
    const peer = await dial(port, { headers: ['Sec-WebSocket-Extensions: permessage-deflate'] })
    await until(() => endpoint.connections.size === 1)
    const [connection] = [...endpoint.connections]
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index * 7919}`).join('\n')
    connection!.send(text)
    connection!.send('behind it', { compress: false })
    const closing = endpoint.close()
    await peer.closeFrame()
    peer.sendClose(1001)
    await closing
    server.close()
    expect(peer.frames.map(({ opcode, fin }) => [opcode, fin]).slice(-3)).toEqual([[Opcode.Continuation, true], [Opcode.Text, true], [Opcode.Close, true]])
    expect(endpoint.stats().bytesDropped).toBe(0)
  })
})
