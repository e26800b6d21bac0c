// A whole endpoint that echoes, over an in-memory transport: whatever a client sends and however it leaves, the endpoint answers what the
// reference says, never throws, and keeps nothing.
import { Buffer } from 'node:buffer'
import { settle } from '@tocsin/testing'
import fc from 'fast-check'
import { openPlainClient } from '../stream/plain-client.js'
import { readByReference } from '../stream/reference.js'
import { cutAt, cuts, wire } from '../stream/wire.js'
import type { FuzzTarget } from '../target.js'
import { type Ending, demandEcho, leave } from './echo.js'
import { makeWorld } from './world.js'

interface EndpointInput {
  readonly wire: string
  readonly cuts: readonly number[]
  readonly ending: Ending
  /** Whether handlers answer at once, or in a later turn. */
  readonly handlers: 'now' | 'later'
  /** Whether the first piece travels with the handshake. */
  readonly isEarly: boolean
}

const LIMIT = 1_000

export const endpoint: FuzzTarget<EndpointInput> = {
  name: 'endpoint',
  testRuns: 200,
  inputs: fc.record({
    wire,
    cuts,
    ending: fc.constantFrom('fin', 'fin', 'fin', 'fin at once', 'fin at once', 'rst', 'silence'),
    handlers: fc.constantFrom('now', 'later'),
    isEarly: fc.boolean(),
  }),
  async check({ wire: hex, cuts: places, ending, handlers, isEarly }) {
    const world = makeWorld({ maxMessageSize: LIMIT, maxQueuedMessages: 3 })
    world.endpoint.on('message', (connection, message) => {
      if (handlers === 'later') return settle(2).then(() => connection.send(message))
      connection.send(message)
    })
    const whole = Buffer.from(hex, 'hex')
    const pieces = cutAt(whole, places)
    const head = isEarly ? (pieces.shift() ?? Buffer.alloc(0)) : Buffer.alloc(0)
    const client = await openPlainClient(world.endpoint, { head })
    for (const piece of pieces) {
      client.write(piece)
      await settle(1)
    }
    await leave(client, ending)
    await world.finish({ byDeadline: ending === 'silence' })
    await client.closed
    const answers = readByReference(client.received(), { from: 'server' })
    demandEcho(answers, readByReference(whole, { limit: LIMIT }), handlers === 'now' && ending !== 'rst' ? 'all' : 'first messages')
  },
}
