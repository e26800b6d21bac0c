// inject() against endpoints and servers: no port is opened, everything else is real.
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { WebSocketEndpoint } from '@tocsin/core'
import { inject } from '@tocsin/testing'

test('opens a WebSocket to an endpoint alone and echoes', async () => {
  const echo = new WebSocketEndpoint()
  echo.on('message', (connection, message) => { connection.send(message) })
  await using client = await inject(echo)
  client.send('hello')
  expect(await client.next()).toBe('hello')
  expect(client.status).toBe(101)
  expect(await client.close(1000, 'bye')).toEqual({ code: 1000, reason: '', clean: true })
})

test('goes through a server with its routes', async () => {
  const server = createServer((_request, response) => response.end('page'))
  const chat = new WebSocketEndpoint()
  chat.on('open', (connection) => { connection.send('welcome') })
  chat.attach(server, { path: '/chat' })
  await using client = await inject(server, '/chat')
  expect(await client.next()).toBe('welcome')
  await expect(inject(server, '/nowhere')).rejects.toMatchObject({ status: 404 })
})
