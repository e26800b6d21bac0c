// The contract, 4: a peer that goes away, or misbehaves, at any moment before the 101 (FEATURES C2).
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { Frame, Opcode } from '@tocsin/core'
import { oneBytePerSegment } from '../../faults/one-byte-per-segment.js'
import { type ContractTest, Gate, type Theme, echo } from '../contract-test.js'
import { eventually } from '../stage.js'

const PEERS = 10

function leaving(how: string, leave: (socket: Socket) => void): ContractTest {
  return {
    title: `C2 ${how} while middleware works: its result is dropped, nothing crashes, nothing is left`,
    async run(start) {
      const gate = new Gate()
      let [arrived, opened] = [0, 0]
      const before = async (): Promise<undefined> => {
        arrived++
        await gate.opened
      }
      const endpoint = echo().on('open', () => { opened++ })
      const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => null }] })
      const sockets = Array.from({ length: PEERS }, () => stage.dialUpgrade('/chat'))
      await eventually(() => arrived === PEERS, () => `${PEERS} requests in the middleware, not ${arrived}`)
      for (const socket of sockets) leave(socket)
      await stage.hasConnections(0)
      gate.open()
      const client = await stage.connect('/chat')
      client.send('still here')
      assert.equal(await client.next(), 'still here')
      assert.equal(opened, 1)
      const { connections, pendingHandshakes } = endpoint.stats()
      assert.deepEqual([connections, pendingHandshakes], [1, 0])
    },
  }
}

const duringAnswer: ContractTest = {
  title: 'C2 a reset right after the request: whatever the route does, nothing crashes, nothing is left',
  async run(start) {
    const endpoint = echo()
    const refused = (): { status: number; body: string } => ({ status: 401, body: 'x'.repeat(100_000) })
    const stage = await start({ upgrades: [
      { path: '/chat', endpoint, data: () => null },
      { path: '/refused', before: refused, endpoint, data: () => null },
    ] })
    for (let i = 0; i < PEERS; i++) {
      for (const path of ['/chat', '/refused', '/nowhere']) {
        const socket = stage.dialUpgrade(path)
        socket.once('connect', () => { if (i % 2 === 0) socket.resetAndDestroy(); else setImmediate(() => socket.resetAndDestroy()) })
      }
    }
    const client = await stage.connect('/chat')
    client.send('still here')
    assert.equal(await client.next(), 'still here')
    await stage.hasConnections(1)
  },
}

const garbage: ContractTest = {
  title: 'C2 garbage while middleware works fails that connection alone, with 1002',
  async run(start) {
    const gate = new Gate()
    const endpoint = echo()
    const before = (): Promise<undefined> => gate.opened.then(() => undefined)
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => null }] })
    const opening = Promise.all([
      stage.connect('/chat', { head: Buffer.from('GET / HTTP/1.1\r\n\r\n') }),
      stage.connect('/chat', { head: [new Frame({ opcode: Opcode.Text, payload: 'hello' })] }),
    ])
    gate.open()
    const [bad, good] = await opening
    assert.equal((await bad.closed).code, 1002)
    assert.equal(await good.next(), 'hello')
  },
}

const byteByByte: ContractTest = {
  title: 'SECURITY one byte per TCP segment: handshake and messages, as if they came whole',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/rooms/:room', endpoint: echo(), data: ({ params }) => params.room }] })
    const client = await stage.connect('/rooms/blue', { faults: [oneBytePerSegment()] })
    client.send('byte by byte')
    assert.equal(await client.next(), 'byte by byte')
    assert.equal((await client.close()).clean, true)
  },
}

export const guarding: Theme = {
  title: 'guarding the socket',
  tests: [
    leaving('RST', (socket) => socket.resetAndDestroy()),
    leaving('FIN', (socket) => socket.end()),
    duringAnswer,
    garbage,
    byteByByte,
  ],
}
