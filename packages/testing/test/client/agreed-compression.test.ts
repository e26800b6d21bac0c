// permessage-deflate as the test client speaks it: against an endpoint, and against answers that do not keep to the offer.
import { Buffer } from 'node:buffer'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { agreedCompression, offerOf } from '../../src/client/agreed-compression.js'
import { inject } from '../../src/index.js'

const KEPT = { serverNoContextTakeover: false, clientNoContextTakeover: false }

// The text goes back in the form in which it came, unless that refers to what was before.
describe.each([['nothing kept', true, 1], ['contexts kept', KEPT, 2]] as const)('%s', (_name, compression, messagesDeflated) => {
  test('messages travel compressed both ways, and come back as they were', async () => {
    await using echo = new WebSocketEndpoint({ compression })
    echo.on('message', (connection, message) => { connection.send(message) })
    const client = await inject(echo, { compression })
    expect(client.extensions).toContain('permessage-deflate')
    const messages = ['', 'é'.repeat(2_000), Buffer.alloc(70_000, 'tocsin'), 'short']
    for (const message of messages) {
      client.send(message)
      expect(await client.next()).toEqual(message)
    }
    expect(echo.stats()).toMatchObject({ messagesInflated: 2, messagesDeflated })
    expect(client.frames.map(({ rsv1 }) => rsv1)).toEqual([false, true, ...client.frames.slice(2, -1).map(({ rsv1 }) => rsv1), false])
    await client.close()
  })
})

test('compress says otherwise than the threshold', async () => {
  await using echo = new WebSocketEndpoint({ compression: true })
  echo.on('message', (connection, message) => { connection.send(message, { compress: true }) })
  const client = await inject(echo, { compression: true })
  client.send('a'.repeat(100), { compress: true })
  expect(await client.next()).toBe('a'.repeat(100))
  client.send('b'.repeat(10_000), { compress: false })
  expect(await client.next()).toBe('b'.repeat(10_000))
  expect(echo.stats()).toMatchObject({ messagesInflated: 1, messagesDeflated: 1 })
})

test('nothing is offered by default, and a server that declines is no fault', () => {
  expect([offerOf(undefined), offerOf(false)]).toEqual([undefined, undefined])
  expect(agreedCompression(true, undefined)).toBeUndefined()
})

test.each([
  [undefined, 'permessage-deflate'],
  [true, 'other'],
  [true, 'permessage-deflate; server_max_window_bits=16'],
  [true, 'permessage-deflate, permessage-deflate'],
  [{ serverMaxWindowBits: 10 }, 'permessage-deflate; server_no_context_takeover; server_max_window_bits=11'],
] as const)('RFC 7692 §5.1: offered %j, answered %s', (offered, answer) => {
  expect(() => agreedCompression(offered, answer)).toThrow(expect.objectContaining({ code: 'WS_ERR_EXTENSIONS', closeCode: 1010 }))
})
