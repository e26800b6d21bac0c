import { expect, test } from 'vitest'
import { serializeResponse } from '../../src/handshake/response.js'
import { connectionsOf, delay, pending, waitUntil } from './helpers.js'

test('a refusal is a whole response, then FIN; what the peer still sends does not cut it off', async () => {
  const { server, client, upgrade } = await pending()
  client.socket.pause()
  const body = 'x'.repeat(20_000_000)
  upgrade.refuse(serializeResponse({ status: 403, body }))
  expect(upgrade.isGone).toBe(true)
  for (let i = 0; i < 20; i++) client.socket.write(Buffer.alloc(50_000))
  // A slow reader has its second to close from when it has everything
  await delay(1_300)
  client.socket.resume()
  const { status, text } = await client.answer()
  expect(status).toBe(403)
  expect(text.endsWith(body)).toBe(true)
  await waitUntil(() => client.socket.destroyed)
  await delay(20)
  expect(await connectionsOf(server)).toBe(0)
})

test('a peer that does not close after a refusal is cut off after a second', async () => {
  const { server, client, upgrade, runtime } = await pending()
  client.socket.allowHalfOpen = true
  upgrade.refuse(serializeResponse({ status: 403 }))
  await client.answer()
  await delay(500)
  expect(await connectionsOf(server)).toBe(1)
  const tick = setInterval(() => client.socket.write('and another thing'), 20)
  await client.closed
  clearInterval(tick)
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('a second refusal is not written', async () => {
  const { client, upgrade } = await pending()
  upgrade.refuse(serializeResponse({ status: 403 }))
  upgrade.refuse(serializeResponse({ status: 401 }))
  const { text } = await client.answer()
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
})
