// SECURITY.md, the rows about limits: floods, trickles and crowds cost what the limits say, and nobody else anything.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { type RawPeer, dial, masked, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { testClock } from '../support/virtual-clock.js'
import { turns, until } from '../support/wait.js'

const continuation = (payload: string, fin = false): Buffer => masked(payload, { fin, opcode: Opcode.Continuation })

/** An echo with a bystander, whom nothing that happens may disturb. */
async function withBystander(options: Parameters<typeof serve>[0] = {}) {
  const served = await serve(options)
  served.endpoint.on('message', (connection, message) => { connection.send(message) })
  const bystander = await dial(served.port)
  await served.connection(0)
  const assertUndisturbed = async (): Promise<void> => {
    const before = bystander.frames.length
    bystander.send('still here')
    expect((await bystander.frame(before)).payload.toString()).toBe('still here')
  }
  return { ...served, bystander, assertUndisturbed }
}

describe('millions of tiny or empty fragments; one byte per TCP segment', () => {
  test('fragments are coalesced: 300,000 of them hold less than 1 MiB, and make one message', async () => {
    const { endpoint, port, runtime, assertUndisturbed } = await withBystander()
    const peer = await dial(port)
    peer.socket.write(masked('', { fin: false }))
    const many = Buffer.concat(Array.from({ length: 1_000 }, (_, i) => continuation(i % 3 === 0 ? 'x' : '')))
    for (let i = 0; i < 300; i++) peer.socket.write(many)
    await until(() => endpoint.stats().bytesReceived >= 300 * many.length)
    expect(runtime.incompleteMessages.used).toBeGreaterThan(0)
    expect(runtime.incompleteMessages.used).toBeLessThan(1024 * 1024)
    await assertUndisturbed()
    peer.socket.write(continuation('', true))
    expect((await peer.frame(0)).payload).toHaveLength(100_200)
    expect(runtime.incompleteMessages.used).toBe(0)
  })

  test('whoever wants more than the process has left for unfinished messages gets 1008; everything is given back exactly', async () => {
    const runtime = new Runtime({ clock: testClock(), incompleteMessageBudget: 1024 * 1024 })
    const { port, closed, assertUndisturbed } = await withBystander({ runtime })
    const peers: RawPeer[] = []
    for (let i = 0; i < 20; i++) {
      const peer = await dial(port)
      peer.socket.write(masked('x'.repeat(100_000), { fin: false }))
      peers.push(peer)
      await turns(5)
    }
    await until(() => closed.length >= 10)
    expect(runtime.incompleteMessages.used).toBeLessThanOrEqual(1024 * 1024)
    expect(new Set(closed.map(({ code, error }) => `${code} ${(error as { code?: string }).code}`))).toEqual(new Set(['1008 WS_ERR_INCOMPLETE_MESSAGES']))
    await assertUndisturbed()
    for (const peer of peers) peer.reset()
    await until(() => closed.length === 20)
    expect(runtime.incompleteMessages.used).toBe(0)
  })

  test('a message that never ends gets 1008 at its deadline, however it trickles in', async () => {
    const { endpoint, port, clock, assertUndisturbed } = await withBystander({ messageTimeout: 10_000, heartbeat: false })
    const [silent, trickling] = [await dial(port), await dial(port)]
    silent.socket.write(masked('half a message').subarray(0, 9))
    trickling.socket.write(masked('', { fin: false }))
    for (let i = 0; i < 11; i++) {
      const { bytesReceived } = endpoint.stats()
      trickling.socket.write(continuation('x'))
      await until(() => endpoint.stats().bytesReceived > bytesReceived)
      clock.advance(1_000)
    }
    expect([await silent.closeFrame(), await trickling.closeFrame()]).toEqual([expect.objectContaining({ code: 1008 }), expect.objectContaining({ code: 1008 })])
    await assertUndisturbed()
  })
})

describe('message and byte rate', () => {
  const flood = Buffer.concat(Array.from({ length: 5_000 }, (_, i) => masked(String(i))))

  test('pause: nothing is lost, and no more is read than the rate allows', async () => {
    const { endpoint, port, clock, assertUndisturbed } = await withBystander({ rateLimit: { messages: 1_000, burst: 200 } })
    const peer = await dial(port)
    peer.socket.write(flood)
    await until(() => endpoint.stats().messagesReceived >= 200)
    await turns(20)
    expect(endpoint.stats().messagesReceived).toBe(200)
    await assertUndisturbed()
    while (peer.frames.length < 5_000) {
      clock.advance(1_000)
      await turns(2)
    }
    expect(peer.texts).toEqual(Array.from({ length: 5_000 }, (_, i) => String(i)))
  })

  test.each([['messages', { messages: 100 }], ['bytes', { bytes: 1_000 }]] as const)('close: too many %s are 1008, alone', async (_name, rate) => {
    const { endpoint, port, closeEvent, assertUndisturbed } = await withBystander({ rateLimit: { ...rate, policy: 'close' } })
    const peer = await dial(port)
    peer.socket.write(Buffer.from(flood))
    expect(await peer.closeFrame()).toMatchObject({ code: 1008 })
    expect(await closeEvent()).toMatchObject({ code: 1008, error: { code: 'WS_ERR_RATE_LIMIT' } })
    expect(endpoint.stats().messagesReceived).toBeLessThanOrEqual(100)
    await assertUndisturbed()
  })

  test('a flood of Pings and one of empty messages are floods', async () => {
    const { port } = await withBystander({ rateLimit: { messages: 100, policy: 'close' } })
    for (const frame of [new Frame({ opcode: Opcode.Ping, payload: '' }), new Frame({ opcode: Opcode.Pong, payload: '' }), new Frame({ opcode: Opcode.Text, payload: '' })]) {
      const peer = await dial(port)
      peer.send(...Array.from({ length: 101 }, () => frame))
      expect(await peer.closeFrame()).toMatchObject({ code: 1008 })
    }
  })
})

describe('never finishing the handshake, or never authenticating', () => {
  test('a deadline for authenticate(): 100 connections that never do are gone after it, and were never broadcast to', async () => {
    const { endpoint, port, clock, closed } = await serve({ authenticateWithin: 3_000, pushOnly: true })
    const peers = await Promise.all(Array.from({ length: 100 }, () => dial(port)))
    await until(() => endpoint.stats().unauthenticated === 100)
    expect(endpoint.broadcast('secret')).toBe(0)
    clock.advance(3_200)
    await until(() => closed.length === 100)
    expect(peers.flatMap(({ texts }) => texts)).toEqual([])
    expect(endpoint.stats()).toMatchObject({ connections: 0, unauthenticated: 0, closed: 100 })
  })

  test('caps: a crowd above them is turned away with 503, works on nothing, and leaves nothing', async () => {
    let hooked = 0
    const { endpoint, server, port, sockets } = await serve({ pushOnly: true, upgrade: (handshake) => { hooked++; return handshake.accept() } }, { limits: { maxConnections: 10 } })
    const peers = await Promise.all(Array.from({ length: 60 }, async () => (await request(port)).answered()))
    expect(peers.filter(({ status }) => status === 101)).toHaveLength(10)
    expect(new Set(peers.filter(({ status }) => status !== 101).map((peer) => `${peer.status} ${peer.header('retry-after')}`))).toEqual(new Set(['503 5']))
    expect([hooked, endpoint.connections.size]).toEqual([10, 10])
    await until(() => sockets.filter(({ destroyed }) => !destroyed).length === 10)
    for (const peer of peers) peer.reset()
    await until(() => endpoint.connections.size === 0)
    await until(() => sockets.every(({ destroyed }) => destroyed))
    expect(server.listening).toBe(true)
    await dial(port)
  })
})
