import { UsageError, WebSocketError } from '@tocsin/core/protocol'
import { expect, it } from 'vitest'
import { failure, misuse } from '../../src/dial/faults.js'

it('are core\'s, with words', () => {
  const [usage, other] = [misuse('WS_ERR_PAYLOAD'), failure('WS_ERR_HANDSHAKE_TIMEOUT')]
  expect([usage.constructor, usage.code, other.constructor, other.code]).toEqual([UsageError, 'WS_ERR_PAYLOAD', WebSocketError, 'WS_ERR_HANDSHAKE_TIMEOUT'])
  expect([usage.message, other.message].every((message) => message.length > 20)).toBe(true)
})
