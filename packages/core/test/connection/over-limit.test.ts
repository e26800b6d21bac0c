// What a peer is told when it exceeds a limit, and what whoever watches is told.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { overLimit, reportLimit } from '../../src/connection/over-limit.js'
import { serializeClosePayload } from '../../src/protocol/close-payload.js'

test('the message fits into a Close frame', () => {
  for (const limit of ['messageTimeout', 'incompleteMessageBudget', 'rateLimit', 'authenticateWithin'] as const) {
    const error = overLimit(limit)
    expect(error).toMatchObject({ name: 'WebSocketError', code: expect.stringMatching(/^WS_ERR_/) as string })
    expect(() => serializeClosePayload(1008, error.message)).not.toThrow()
  }
})

test('tocsin:limit', () => {
  const told: unknown[] = []
  const listen = (message: unknown): void => void told.push(message)
  const connection = { id: 'a', remoteAddress: '192.0.2.1' }
  reportLimit('rateLimit', 'pause', connection)
  subscribe('tocsin:limit', listen)
  onTestFinished(() => { unsubscribe('tocsin:limit', listen) })
  reportLimit('maxMessageSize', 'close', connection)
  expect(told).toEqual([{ limit: 'maxMessageSize', action: 'close', connection, remoteAddress: '192.0.2.1' }])
})
