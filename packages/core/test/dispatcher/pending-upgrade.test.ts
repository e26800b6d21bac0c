import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { Upgrade } from '../../src/dispatcher/pending-upgrade.js'
import type { UpgradeServer } from '../../src/dispatcher/upgrade-server.js'
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

test('what is decided in the tick that brought it costs neither a listener nor a deadline; what waits is guarded', () => {
  const schedule = vi.fn()
  const scheduler = { wheel: { schedule, cancel: vi.fn() } }
  const listeners = (socket: PassThrough): number => ['error', 'close', 'end', 'data'].reduce((sum, event) => sum + socket.listenerCount(event), 0)
  const make = (socket: PassThrough): Upgrade => new Upgrade({ request: {} as IncomingMessage, socket, head: Buffer.from('early') }, {} as UpgradeServer, scheduler)

  const direct = new PassThrough()
  const on = vi.spyOn(direct, 'on')
  const upgrade = make(direct)
  upgrade.claim()
  expect(upgrade.take().toString()).toBe('early')
  expect([on.mock.calls.length, schedule.mock.calls.length]).toEqual([0, 0])

  const slow = new PassThrough()
  const before = listeners(slow)
  const waiting = make(slow)
  waiting.watch(100, () => {})
  expect([listeners(slow) - before, schedule.mock.calls.length]).toEqual([4, 1])
  waiting.claim()
  waiting.take()
  expect(listeners(slow)).toBe(before)
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
