// What a test reads when something did not come.
import { WebSocketError } from '@tocsin/core'
import { expect, test } from 'vitest'
import { ConnectionEndedError, HandshakeFailedError, TimeoutError, UpgradeRefusedError } from '@tocsin/testing'

test('a refusal carries the whole answer', () => {
  const [headers, body] = [{ 'x-a': '1' }, '{"error":"who?"}']
  const refused = new UpgradeRefusedError({ status: 401, reason: 'Unauthorized', headers, body: Buffer.from(body) })
  expect(refused).toMatchObject({ code: 'WS_ERR_REFUSED', status: 401, headers, body, name: 'UpgradeRefusedError' })
  expect(refused.message).toBe('the server answered 401: "{\\"error\\":\\"who?\\"}"')
  expect(refused.json()).toEqual({ error: 'who?' })
})

test('long bodies are cut in the message only', () => {
  const refused = new UpgradeRefusedError({ status: 500, reason: '', headers: {}, body: Buffer.alloc(1_000, 'x') })
  expect(refused.message.length).toBeLessThan(120)
  expect(refused.body.length).toBe(1_000)
})

test('all are WebSocketErrors with a cause where there is one', () => {
  const cause = new Error('reset')
  expect(new HandshakeFailedError('why', cause)).toMatchObject({ code: 'WS_ERR_HANDSHAKE_FAILED', cause })
  expect(new ConnectionEndedError('message', 'how', cause)).toMatchObject({ code: 'WS_ERR_TEST_ENDED', cause })
  expect(new TimeoutError('message', 5, 'nothing')).toBeInstanceOf(WebSocketError)
})
