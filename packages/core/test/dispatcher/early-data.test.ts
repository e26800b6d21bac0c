import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { connect, delay, listen, pending, upgradeRequest, waitUntil } from './helpers.js'

const listenersOf = (socket: Duplex) => ['data', 'readable', 'end', 'error', 'close', 'drain'].map((event) => socket.listenerCount(event))

/** Node's streams listen to themselves: what a socket carries when nobody but Node has touched it. */
async function listenersFromNode(): Promise<number[]> {
  const server = createServer()
  const counted = new Promise<number[]>((resolve) => {
    server.on('upgrade', (_request, socket: Duplex) => { resolve(listenersOf(socket)); socket.destroy() })
  })
  await connect(await listen(server), upgradeRequest())
  return counted
}

test('C2: early data beyond 64 KiB stays in the kernel, and arrives whole and in order', async () => {
  const { client, upgrade } = await pending(upgradeRequest('/a') + 'head')
  const sent = Buffer.from(Uint32Array.from({ length: 750_000 }, (_, i) => i).buffer)
  client.socket.write(sent)
  await waitUntil(() => upgrade.socket.readableFlowing === false)
  await delay(50)
  const head = upgrade.take()
  expect(head.length).toBeGreaterThanOrEqual(65_536)
  expect(head.length).toBeLessThan(65_536 * 2 + 4)
  const chunks = [head]
  upgrade.socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await waitUntil(() => chunks.reduce((size, chunk) => size + chunk.length, 0) === sent.length + 4)
  expect(Buffer.concat(chunks).equals(Buffer.concat([Buffer.from('head'), sent]))).toBe(true)
})

test('take() leaves the socket as Node hands it over: no listener of ours but the one that counts, nothing asked of its flow', async () => {
  const { client, upgrade } = await pending()
  client.socket.write('early')
  await delay(20)
  const before = upgrade.take()
  expect(before.toString()).toBe('early')
  expect(upgrade.socket.readableFlowing).toBe(null)
  const [data, readable, end, error, close, drain] = await listenersFromNode()
  expect(listenersOf(upgrade.socket)).toEqual([data, readable, end, error, close! + 1, drain])
  expect(() => upgrade.take()).toThrow(expect.objectContaining({ code: 'WS_ERR_UPGRADE_GONE' }))
  upgrade.socket.on('error', () => {})
  const late: string[] = []
  upgrade.socket.on('data', (chunk: Buffer) => late.push(chunk.toString()))
  client.socket.write('late')
  await waitUntil(() => late.join('') === 'late')
})
