import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import type { PendingUpgrade } from '../../src/dispatcher/pending-upgrade.js'
import { serializeResponse } from '../../src/handshake/response.js'
import { connect, connectionsOf, delay, establish, listen, scheduler, start, upgradeRequest, waitUntil } from './helpers.js'

/** A server whose handler claims and then does nothing, until the test has it do something. */
async function pending(request = upgradeRequest('/a')) {
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime })
  const arrived = new Promise<PendingUpgrade>((resolve) => {
    dispatcher.attach('/a', (upgrade) => { upgrade.claim(); resolve(upgrade); return true })
  })
  const client = await connect(port, request)
  return { server, client, runtime, upgrade: await arrived }
}

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

test('two listeners answering one upgrade: the second claim is a usage error', async () => {
  const { upgrade } = await pending()
  expect(upgrade.isClaimed).toBe(true)
  expect(() => upgrade.claim()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_UPGRADED' }))
  establish(upgrade)
  expect(() => upgrade.claim()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_UPGRADED' }))
})

test('a claim switches off the idle timeout of the socket', async () => {
  const { server, dispatcher, port } = await start()
  server.timeout = 5_000
  const timeouts: unknown[] = []
  dispatcher.attach('/a', (upgrade) => {
    const socket = upgrade.socket as Socket
    timeouts.push(socket.timeout)
    upgrade.claim()
    timeouts.push(socket.timeout)
    establish(upgrade)
    return true
  })
  await (await connect(port, upgradeRequest('/a'))).until('101')
  expect(timeouts).toEqual([5_000, 0])
})

test.each(['RST', 'FIN', 'garbage and RST'])('C2: %s while a handler works is noticed, once, and its result is dropped', async (fault) => {
  const { server, client, runtime, upgrade } = await pending()
  const gone = vi.fn()
  upgrade.onGone(gone)
  expect(upgrade.isGone).toBe(false)
  if (fault.startsWith('garbage')) client.socket.write(Buffer.alloc(1_000, 0xff))
  await delay(20)
  if (fault === 'FIN') client.socket.end()
  else client.socket.resetAndDestroy()
  await waitUntil(() => upgrade.isGone)
  expect(gone).toHaveBeenCalledTimes(1)
  expect(upgrade.socket.destroyed).toBe(true)
  upgrade.refuse(serializeResponse({ status: 403 }))
  expect(() => upgrade.take()).toThrow(expect.objectContaining({ code: 'WS_ERR_UPGRADE_GONE' }))
  await delay(20)
  expect(gone).toHaveBeenCalledTimes(1)
  expect(client.text).toBe('')
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

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

test('take() leaves the socket as Node hands it over: no listener of ours, nothing asked of its flow', async () => {
  const { client, upgrade } = await pending()
  client.socket.write('early')
  await delay(20)
  const before = upgrade.take()
  expect(before.toString()).toBe('early')
  expect(upgrade.socket.readableFlowing).toBe(null)
  expect(listenersOf(upgrade.socket)).toEqual(await listenersFromNode())
  expect(() => upgrade.take()).toThrow(expect.objectContaining({ code: 'WS_ERR_UPGRADE_GONE' }))
  upgrade.socket.on('error', () => {})
  const late: string[] = []
  upgrade.socket.on('data', (chunk: Buffer) => late.push(chunk.toString()))
  client.socket.write('late')
  await waitUntil(() => late.join('') === 'late')
})

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
