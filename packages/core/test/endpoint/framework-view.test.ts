// A framework's view of a request, laid over our own.
import { expect, test } from 'vitest'
import { overlayView } from '../../src/endpoint/framework-view.js'

test('what a framework knows replaces ours; what it does not know stays', () => {
  const own = { remoteAddress: '127.0.0.1', host: 'inner:3000' }
  expect(overlayView(own, { protocol: 'https', host: 'chat.example', remoteAddress: '::ffff:203.0.113.7' }))
    .toEqual({ protocol: 'https', host: 'chat.example', remoteAddress: '203.0.113.7' })
  expect(overlayView(own, { protocol: undefined, host: undefined })).toEqual(own)
  expect(overlayView(own)).toEqual(own)
})
