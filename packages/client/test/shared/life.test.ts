import { expect, it } from 'vitest'
import { CLOSED, broken } from '../../src/shared/life.js'

it('without a Close frame it is 1006 (RFC 6455 §7.1.5), by us unless it is said', () => {
  const error = new Error('reset')
  expect([broken(), broken(error, 'peer')]).toEqual([
    { code: 1006, reason: '', clean: false, initiator: 'local', error: undefined },
    { code: 1006, reason: '', clean: false, initiator: 'peer', error },
  ])
  expect(CLOSED).toEqual({ readyState: 3 })
})
