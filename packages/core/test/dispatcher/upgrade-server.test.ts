import { createServer } from 'node:http'
import { expect, test, vi } from 'vitest'
import { listen, start } from './helpers.js'

test('A32: server.close() tells the listeners once per life of the server, whoever calls it and however often', async () => {
  const server = createServer()
  const { dispatcher } = await start({}, server)
  const heard: string[] = []
  dispatcher.onServerClose(() => heard.push('one'))
  const off = dispatcher.onServerClose(() => heard.push('two'))
  expect(server.close()).toBe(server)
  expect(server.listening).toBe(false)
  server.close()
  expect(heard).toEqual(['one', 'two'])
  off()
  await listen(server)
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  expect(heard).toEqual(['one', 'two', 'one'])
})

test('A32: `await using` of the server closes through the same door', async () => {
  const { server, dispatcher } = await start()
  const heard = vi.fn()
  dispatcher.onServerClose(heard)
  await server[Symbol.asyncDispose]()
  expect(heard).toHaveBeenCalledTimes(1)
})
