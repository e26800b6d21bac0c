import { expect, onTestFinished, test, vi } from 'vitest'
import { connect, delay, establish, start, takeAll, upgradeRequest } from './helpers.js'

test('C1: several endpoints share one server by path, and a path nobody claims gets 404 at once', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', (upgrade) => { upgrade.claim(); establish(upgrade, { 'X-Who': 'a' }); return true })
  dispatcher.attach('/b', (upgrade) => { upgrade.claim(); establish(upgrade, { 'X-Who': 'b' }); return true })
  expect(await (await connect(port, upgradeRequest('/a?x=/b'))).until('\r\n\r\n')).toContain('X-Who: a')
  expect(await (await connect(port, upgradeRequest('/b'))).until('\r\n\r\n')).toContain('X-Who: b')
  const { status, text } = await (await connect(port, upgradeRequest('/c'))).answer()
  expect(status).toBe(404)
  expect(text).toMatch(/connection: close\r\n/i)
})

test.each(['/a/', '//a', '/A', '/%61', '/a;x', '/./a', '/b/../a', 'http://localhost/a', '/a#'])(
  'path confusion: %s is not /a', async (path) => {
    const { dispatcher, port } = await start()
    dispatcher.attach('/a', takeAll)
    expect((await (await connect(port, upgradeRequest(path))).answer()).status).toBe(404)
  })

test('a handler for every path is asked after the one with the path; a path can be taken once, and be detached', async () => {
  const { dispatcher, port } = await start()
  const asked: string[] = []
  dispatcher.attach(undefined, (upgrade) => { asked.push('every'); return takeAll(upgrade) })
  const detach = dispatcher.attach('/a', (upgrade) => { asked.push('a'); return takeAll(upgrade) })
  expect(() => dispatcher.attach('/a', takeAll)).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
  expect(() => dispatcher.attach(undefined, takeAll)).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
  await (await connect(port, upgradeRequest('/a'))).until('101')
  await (await connect(port, upgradeRequest('/b'))).until('101')
  detach()
  detach()
  await (await connect(port, upgradeRequest('/a'))).until('101')
  expect(asked).toEqual(['a', 'every', 'every'])
})

test('a handler that declines leaves it to the one for every path; one that returns true without claiming has claimed', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', () => false)
  dispatcher.attach(undefined, (upgrade) => {
    setTimeout(() => establish(upgrade), 5)
    return true
  })
  await (await connect(port, upgradeRequest('/a'))).until('101')
})

test('exception text: a handler that throws is a 500 without it', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => { stderr.mockRestore() })
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', () => { throw new Error('the secret') })
  const { status, text } = await (await connect(port, upgradeRequest('/a'))).answer()
  expect(status).toBe(500)
  expect(text).not.toContain('secret')
  expect(stderr.mock.calls.join('')).toContain('the secret')
})

test('A35: frames in the same segment as the request, and those that come while a handler works, are kept in order', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', (upgrade) => {
    upgrade.claim()
    setTimeout(() => establish(upgrade), 60)
    return true
  })
  const client = await connect(port, upgradeRequest('/a') + 'one-')
  await delay(20)
  client.socket.write('two-')
  await client.until('one-two-')
  client.socket.write('three')
  expect(await client.until('one-two-three')).toMatch(/\r\n\r\none-two-three$/)
})
