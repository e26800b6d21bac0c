import { expect, onTestFinished, test } from 'vitest'
import { pendingUpgradeOf } from '../../src/dispatcher/routed-upgrade.js'
import { connect, connectionsOf, delay, establish, scheduler, start, upgradeRequest, waitUntil } from './helpers.js'

const COUNT = 300

test('C2: hundreds of upgrades, a third reset in the middle of an asynchronous handler: no crash, no handle left', async () => {
  const uncaught: unknown[] = []
  const onUncaught = (error: unknown): void => { uncaught.push(error) }
  process.on('uncaughtException', onUncaught)
  onTestFinished(() => { process.off('uncaughtException', onUncaught) })
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime, handshakeTimeout: 1_000 })
  let gone = 0
  dispatcher.attach('/attached', (upgrade) => {
    upgrade.claim()
    upgrade.onGone(() => { gone++ })
    setTimeout(() => { if (!upgrade.isGone) establish(upgrade) }, 60)
    return true
  })
  dispatcher.dispatch(async (request, response) => {
    const upgrade = pendingUpgradeOf(request, response)!
    upgrade.onGone(() => { gone++ })
    await delay(40)
    if (request.url === '/foreign') return response.writeHead(404).end()
    if (upgrade.isGone) return
    upgrade.claim()
    await delay(20)
    if (await upgrade.switchingProtocols(response) && !upgrade.isGone) establish(upgrade)
  })
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 418 Mine\r\n\r\n'))
  let answered = 0
  const one = async (index: number): Promise<void> => {
    const path = ['/attached', '/routed', '/foreign'][index % 3]!
    const client = await connect(port, upgradeRequest(path) + 'early')
    if (Math.floor(index / 3) % 3 === 0) {
      await delay(index % 50)
      client.socket.resetAndDestroy()
      return
    }
    await client.until(path === '/foreign' ? '418' : 'early')
    answered++
    client.socket.end()
    await client.closed
  }
  for (let from = 0; from < COUNT; from += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => one(from + i)))
  await waitUntil(() => runtime.wheel.size === 0)
  for (let i = 0; i < 100 && await connectionsOf(server) > 0; i++) await delay(20)
  expect(await connectionsOf(server)).toBe(0)
  expect(uncaught).toEqual([])
  expect(answered).toBe(COUNT - Math.ceil(COUNT / 9) * 3)
  expect(gone).toBeGreaterThan(50)
})
