// The door: servers come and go, and what was closed may listen again.
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { Runtime } from '../../src/runtime.js'
import { dial, request } from '../support/raw-peer.js'
import { listen, serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

test('a server that was closed and listens again is served again', async () => {
  const { server, port, endpoint, connection } = await serve()
  const client = await connectWs(port)
  await connection()
  await new Promise((resolve) => { server.close(resolve) })
  expect(await client.closed()).toMatchObject({ code: 1001 })
  const again = await listen(server)
  await dial(again)
  await until(() => endpoint.connections.size === 1)
})

test('while its server closes nobody comes in, also not by a hook that decides late', async () => {
  const hook = gate()
  const { server, port, endpoint, refusals } = await serve({ upgrade: async (handshake) => { await hook.promise; return handshake.accept() } })
  const peer = await request(port)
  await until(() => endpoint.stats().pendingHandshakes === 1)
  server.close()
  hook.open()
  expect((await peer.refused()).status).toBe(503)
  expect(refusals).toMatchObject([{ code: 'WS_ERR_CLOSING' }])
})

test('one endpoint on two servers, two endpoints on one', async () => {
  const runtime = new Runtime()
  const [chat, news] = [new WebSocketEndpoint({ name: 'chat', runtime }), new WebSocketEndpoint({ name: 'news', runtime })]
  for (const endpoint of [chat, news]) endpoint.on('open', (connection) => { connection.send(endpoint.name) })
  const [one, two] = [createServer(), createServer()]
  chat.attach(one, { path: '/chat' }).attach(two)
  news.attach(one, { path: '/news' })
  const [portOne, portTwo] = [await listen(one), await listen(two)]
  onTestFinished(() => { one.close(); two.close() })
  const clients = await Promise.all([connectWs(portOne, { path: '/chat' }), connectWs(portTwo, { path: '/any' }), connectWs(portOne, { path: '/news' })])
  expect((await Promise.all(clients.map((client) => client.received(1)))).flat()).toEqual(['chat', 'chat', 'news'])
  await chat.close()
  expect((await (await request(portOne, { path: '/chat' })).refused()).status).toBe(404)
  expect(clients[2].close).toBeUndefined()
  await news.close()
})

test('handlers of a closing connection still run while the endpoint closes', async () => {
  const { endpoint, port, connection } = await serve()
  const log: string[] = []
  endpoint.on('message', (_connection, message) => { log.push(String(message)) }).on('close', async () => { await turns(2); log.push('closed') })
  const peer = await dial(port)
  await connection()
  const closing = endpoint.close()
  await peer.closeFrame()
  peer.send('last')
  peer.sendClose(1001)
  await closing
  expect(log).toEqual(['last', 'closed'])
})
