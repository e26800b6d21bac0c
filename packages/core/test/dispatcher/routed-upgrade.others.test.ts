// What a framework may say before and instead of an answer: "not mine" at once, a 101 in its own words; and what it leaves to others.
import { expect, test } from 'vitest'
import { leaveToOthers, pendingUpgradeOf } from '../../src/dispatcher/routed-upgrade.js'
import { framework, upgradeRoute } from './framework-helpers.js'
import { establish, waitUntil } from './helpers.js'

test('C1: leaveToOthers() asks the next one, before the framework has answered anything', async () => {
  const log: string[] = []
  const { ask, dispatcher } = await framework((request, response) => {
    response.on('close', () => log.push('close'))
    log.push(`left ${leaveToOthers(request)}`, `again ${leaveToOthers(request)}`)
    response.writeHead(401).end('middleware that came too late')
  })
  dispatcher.dispatch((request, response) => upgradeRoute(request, response))
  const text = await (await ask()).until('101')
  expect(text).not.toContain('401')
  expect(log).toEqual(expect.arrayContaining(['left true', 'again false', 'close']))
})

test('C1: leaveToOthers() asks foreign listeners too', async () => {
  const { ask, server } = await framework((request) => { leaveToOthers(request) })
  server.on('upgrade', (_request, socket) => { socket.end('HTTP/1.1 418 Foreign\r\n\r\n') })
  expect((await (await ask()).answer()).status).toBe(418)
})

test('C1: where nobody else is, nothing happens: the framework answers in its own words', async () => {
  const { ask } = await framework((request, response) => {
    expect(leaveToOthers(request)).toBe(false)
    response.writeHead(404).end('a page of its own')
  })
  const { status, text } = await (await ask()).answer()
  expect([status, text.includes('a page of its own')]).toEqual([404, true])
})

test('a claimed upgrade, a response that was begun and a plain request cannot be left to others', async () => {
  const seen: unknown[] = []
  const { ask, dispatcher, port } = await framework((request, response) => {
    if (request.url === '/claimed') pendingUpgradeOf(request)!.claim()
    else response.writeHead(403).write('begun')
    seen.push(leaveToOthers(request))
    response.end()
  })
  dispatcher.dispatch(() => { throw new Error('never asked') })
  for (const path of ['/claimed', '/begun']) await (await ask(path)).answer()
  expect(seen).toEqual([false, false])
  expect(leaveToOthers({ url: '/' } as never)).toBe(false)
  expect(port).toBeGreaterThan(0)
})

test('the 101 in the words of the framework, later: the header lines that its hooks left reach the claimer', async () => {
  const { ask } = await framework(async (request, response) => {
    const upgrade = pendingUpgradeOf(request)!
    upgrade.claim()
    const lines = await upgrade.switchingProtocols(response, () => {
      setTimeout(() => response.writeHead(101, { 'X-Hook': 'late', 'Content-Type': 'text/html' }).end(), 20)
    })
    expect(lines).toEqual(expect.arrayContaining([['X-Hook', 'late']]))
    expect(lines!.map(([name]) => name)).not.toContain('Content-Type')
    establish(upgrade)
  })
  await (await ask()).until('101')
})

test('who comes next sees the target that the client sent', async () => {
  const { ask, dispatcher } = await framework((request, _response, done) => { request.url = '/rewritten'; done() })
  dispatcher.dispatch((request, response) => { response.writeHead(403).end(request.url) })
  expect((await (await ask('/rooms/blue?x=1')).answer()).text).toContain('/rooms/blue?x=1')
})

test('C2: a request whose peer is gone is aborted and closed, as a plain one would be', async () => {
  const log: string[] = []
  const { ask } = await framework((request) => {
    log.push('asked')
    request.on('aborted', () => log.push('aborted'))
    request.on('close', () => log.push(`close ${request.destroyed}`))
  })
  const client = await ask()
  await waitUntil(() => log.length === 1)
  client.socket.resetAndDestroy()
  await waitUntil(() => log.length === 3)
  expect(log).toEqual(['asked', 'aborted', 'close true'])
})
