// The counters of an endpoint. What makes them move is in test/features/endpoint.test.ts (A31).
import { expect, test } from 'vitest'
import { EndpointCounters } from '../../src/endpoint/stats.js'
import { dial } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'

test('all of them begin at zero, and each endpoint has its own', () => {
  const counters = new EndpointCounters()
  const messages = { messagesReceived: 0, messagesSent: 0, messagesDeflated: 0, messagesInflated: 0, bytesReceived: 0, bytesSent: 0, bytesDropped: 0, sendsRefused: 0 }
  const slow = { messagesDropped: 0, slowConsumersClosed: 0, congested: 0 }
  const zero = { ...messages, ...slow, accepted: 0, refused: 0, closed: 0 }
  expect({ ...counters }).toEqual(zero)
  counters.accepted++
  expect({ ...new EndpointCounters() }).toEqual(zero)
})

test('statistics are a snapshot of all counters: they stay what they were', async () => {
  const { endpoint, port, connection } = await serve()
  const before = endpoint.stats()
  expect(Object.keys(before)).toEqual(expect.arrayContaining(Object.keys(new EndpointCounters())))
  await dial(port)
  const open = await connection()
  open.close()
  expect(open.send('late')).toBe(false)
  expect(endpoint.stats()).toMatchObject({ connections: 1, accepted: 1, sendsRefused: 1, messagesSent: 0, closed: 0 })
  expect(before).toMatchObject({ connections: 0, accepted: 0, sendsRefused: 0 })
})
