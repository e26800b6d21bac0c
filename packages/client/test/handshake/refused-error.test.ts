import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { RefusedError } from '../../src/handshake/refused-error.js'

it('has what the server said', () => {
  const error = new RefusedError({ status: 503, reason: 'Full', headers: { 'x-a': '1' } }, Buffer.from('später'), 5_000)
  expect(error).toMatchObject({ name: 'RefusedError', code: 'WS_ERR_REFUSED', status: 503, headers: { 'x-a': '1' }, body: 'später', retryAfter: 5_000 })
  expect([error.message, new RefusedError({ status: 401, reason: '', headers: {} }, Buffer.alloc(0)).message]).toEqual([
    'the server refused the handshake: 503 Full', 'the server refused the handshake: 401',
  ])
})
