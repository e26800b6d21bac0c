import { expect, it } from 'vitest'
import { UsageError, WebSocketError } from '../../src/browser/errors.js'

it('have the names and codes of core\'s, and say where the words are', () => {
  const [usage, other] = [new UsageError('WS_ERR_URL'), new WebSocketError('WS_ERR_CONNECT', 'in words')]
  expect([usage.name, usage.code, usage.message]).toEqual(['UsageError', 'WS_ERR_URL', 'WS_ERR_URL: see @tocsin/client'])
  expect([other.name, other.message, usage instanceof WebSocketError, other instanceof UsageError]).toEqual(['WebSocketError', 'in words', true, false])
})
