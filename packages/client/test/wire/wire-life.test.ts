import { expect, it } from 'vitest'
import { type WireLife, broken, endOf, isTaking } from '../../src/wire/wire-life.js'

const error = new Error('reset')
const ends: [WireLife, boolean, object][] = [
  [{ state: 'open' }, true, { code: 1006, clean: false, initiator: 'peer', error }],
  [{ state: 'closing' }, true, { code: 1006, clean: false, initiator: 'local', error }],
  [{ state: 'closed', initiator: 'peer', status: { code: 4000, reason: 'bye' } }, false, { code: 4000, reason: 'bye', clean: true, initiator: 'peer', error: undefined }],
  [{ state: 'failed', code: 1002, error: new Error('bad') }, false, { code: 1002, clean: false, initiator: 'local', error: { message: 'bad' } }],
]

it.each(ends)('%o', (life, taking, end) => {
  expect(isTaking(life)).toBe(taking)
  expect(endOf(life, error)).toMatchObject(end)
})

it('without a Close frame it is 1006 (RFC 6455 §7.1.5)', () => {
  expect(broken(error, 'peer')).toEqual({ code: 1006, reason: '', clean: false, initiator: 'peer', error })
})
