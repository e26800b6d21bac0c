// The endpoint's own refusals: what the peer is answered, and what only the developer is told.
import { expect, test } from 'vitest'
import * as refusing from '../../src/endpoint/refusing.js'
import { HandshakeError, UsageError } from '../../src/protocol/errors.js'

test.each([
  [refusing.forbiddenOrigin(), 403, 'WS_ERR_ORIGIN', 'origins'],
  [refusing.forbiddenHost(), 403, 'WS_ERR_HOST', 'allowedHosts'],
  [refusing.closingDown(), 503, 'WS_ERR_CLOSING', 'closing'],
  [refusing.timedOut(), 503, 'WS_ERR_HANDSHAKE_TIMEOUT', 'handshakeTimeout'],
])('%s is answered', (error, status, code, hint) => {
  expect(error).toBeInstanceOf(HandshakeError)
  expect(error).toMatchObject({ status, code })
  expect(error.message).toContain(hint)
})

test('only who comes while the endpoint closes is told to come back', () => {
  expect(refusing.closingDown().headers).toEqual({ 'Retry-After': '1' })
  expect([refusing.forbiddenOrigin(), refusing.forbiddenHost(), refusing.timedOut()].map(({ headers }) => headers)).toEqual([{}, {}, {}])
})

test.each([
  [refusing.noHandlers(), 'WS_ERR_NO_HANDLER', "endpoint.on('message'"],
  [refusing.noDecision(), 'WS_ERR_NO_DECISION', 'handshake.accept(data)'],
  [refusing.dataAndHook(), 'WS_ERR_TWO_DECISIONS', 'upgrade(request, response)'],
])('%s is the application\'s, and says what to do', (error, code, advice) => {
  // A HandshakeError would be answered with its own status and text
  expect(error).not.toBeInstanceOf(HandshakeError)
  expect(error).toBeInstanceOf(UsageError)
  expect(error.code).toBe(code)
  expect(error.message).toContain(advice)
})

test('each refusal is an error of its own, with its own stack', () => {
  expect(refusing.closingDown()).not.toBe(refusing.closingDown())
})
