import { expect, it } from 'vitest'
import { UsageError, WebSocketError } from '../../src/browser/errors.js'

it('have the names and codes of core\'s, and no words but those', () => {
  const [usage, other] = [new UsageError('WS_ERR_URL'), new WebSocketError('WS_ERR_CONNECT')]
  expect([usage.name, usage.code, usage.message]).toEqual(['UsageError', 'WS_ERR_URL', 'WS_ERR_URL'])
  expect([other.name, other.code, usage instanceof WebSocketError, other instanceof UsageError]).toEqual(['WebSocketError', 'WS_ERR_CONNECT', true, false])
})
