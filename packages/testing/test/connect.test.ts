// The same client over real TCP and TLS.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketEndpoint } from '@tocsin/core'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '@tocsin/testing'
import { certificate } from '../src/certificate.js'

async function start(server = createServer(), host = '127.0.0.1') {
  const endpoint = new WebSocketEndpoint()
  endpoint.on('open', (connection, { url, headers }) => { connection.send(JSON.stringify([url, headers.host])) })
  endpoint.attach(server, { path: '/chat' })
  await once(server.listen(0, host), 'listening')
  onTestFinished(() => endpoint.close())
  onTestFinished(() => { server.close() })
  return { endpoint, port: (server.address() as AddressInfo).port }
}

test('by URL, with its path and query', async () => {
  const { port } = await start()
  const client = await connect(`ws://127.0.0.1:${port}/chat?name=ada`)
  expect(await client.nextJson()).toEqual(['/chat?name=ada', `127.0.0.1:${port}`])
  expect(await client.close(1000)).toEqual({ code: 1000, reason: '', clean: true })
})

test('by options, which count more than the URL', async () => {
  const { port } = await start()
  await using byPort = await connect({ port, path: '/chat' })
  expect(byPort.status).toBe(101)
  await using client = await connect({ url: new URL(`ws://localhost:${port}/elsewhere`), host: '127.0.0.1', path: '/chat' })
  expect(client.status).toBe(101)
})

test('over TLS, by certificate', async () => {
  const { port } = await start(createSecureServer(certificate) as ReturnType<typeof createServer>)
  const tls = { ca: certificate.cert }
  await using client = await connect({ url: `wss://127.0.0.1:${port}/chat`, origin: `https://127.0.0.1:${port}`, tls })
  expect(client.status).toBe(101)
  await expect(connect(`wss://127.0.0.1:${port}/chat`)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})

test('over IPv6', async (context) => {
  const started = await start(createServer(), '::1').catch(() => undefined)
  if (started === undefined) return context.skip('no IPv6 here')
  const client = await connect(`ws://[::1]:${started.port}/chat`)
  expect(await client.nextJson()).toEqual(['/chat', `[::1]:${started.port}`])
  await client.close()
})

test('refusals and failures reject', async () => {
  const { port, endpoint } = await start()
  await expect(connect({ port, path: '/nowhere' })).rejects.toMatchObject({ status: 404 })
  await expect(connect({ port, path: '/chat', origin: 'https://evil.example' })).rejects.toMatchObject({ status: 403 })
  await expect(connect({ port: 1 })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(endpoint.connections.size).toBe(0)
})
