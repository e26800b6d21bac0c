import type { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { serializeResponse } from '../../src/handshake/response.js'
import { connect, connectionsOf, delay, establish, pending, start, upgradeRequest, waitUntil } from './helpers.js'

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
