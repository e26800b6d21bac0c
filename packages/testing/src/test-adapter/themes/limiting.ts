// The contract, 5: the caps of the server hold before any middleware runs, and count exactly (FEATURES A27, C7).
import assert from 'node:assert/strict'
import type { UpgradeRefusedError } from '../../client/errors.js'
import { type ContractTest, Gate, type Theme, echo } from '../contract-test.js'
import { eventually } from '../stage.js'

function assertTurnedAway({ status, headers }: UpgradeRefusedError): void {
  assert.deepEqual([status, headers.connection], [503, 'close'])
  assert.match(String(headers['retry-after']), /^[1-9]\d*$/)
}

const connections: ContractTest = {
  title: 'A27 over maxConnections: 503 with Retry-After before any middleware, until one has gone; refused ones leave nothing behind',
  async run(start) {
    let worked = 0
    const before = (): undefined => void worked++
    const stage = await start({ limits: { maxConnections: 2 }, upgrades: [{ path: '/chat', before, endpoint: echo(), data: () => null }] })
    const [first] = [await stage.connect('/chat'), await stage.connect('/chat')]
    for (const path of ['/chat', '/chat', '/nowhere']) assertTurnedAway(await stage.refusal(path))
    assert.equal(worked, 2)
    await stage.hasConnections(2)
    await first!.close()
    await stage.hasConnections(1)
    const third = await stage.connect('/chat')
    third.send('in')
    assert.equal(await third.next(), 'in')
  },
}

const addresses: ContractTest = {
  title: 'SECURITY caps: the address that a trusted proxy states counts, an IPv6 network of 64 bits as one',
  async run(start) {
    const limits = { maxConnectionsPerAddress: 1, trustedProxies: ['loopback'] }
    const stage = await start({ limits, upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }] })
    const from = (address: string): { headers: Record<string, string> } => ({ headers: { 'X-Forwarded-For': address } })
    await stage.connect('/chat', from('203.0.113.7'))
    await stage.connect('/chat', from('203.0.113.8'))
    assertTurnedAway(await stage.refusal('/chat', from('203.0.113.7')))
    await stage.connect('/chat', from('2001:db8::1'))
    assertTurnedAway(await stage.refusal('/chat', from('2001:db8::ffff:2')))
    await stage.connect('/chat', { headers: { Forwarded: 'for="[2001:db8:0:1::1]:4711"' } })
  },
}

const pending: ContractTest = {
  title: 'SECURITY caps: pending handshakes are those that middleware still works on',
  async run(start) {
    const gate = new Gate()
    const slow = echo()
    let hasArrived = false
    const before = async (): Promise<undefined> => {
      hasArrived = true
      await gate.opened
    }
    const limits = { maxPendingHandshakes: 1 }
    const stage = await start({ limits, upgrades: [
      { path: '/slow', before, endpoint: slow, data: () => null },
      { path: '/chat', endpoint: echo(), data: () => null },
    ] })
    stage.dialUpgrade('/slow')
    await eventually(() => hasArrived, () => 'a request in the middleware')
    assertTurnedAway(await stage.refusal('/chat'))
    gate.open()
    await eventually(() => slow.connections.size === 1, () => 'a connection')
    for (let i = 0; i < 3; i++) await stage.connect('/chat')
  },
}

export const limiting: Theme = { title: 'limiting what a server takes', tests: [connections, addresses, pending] }
