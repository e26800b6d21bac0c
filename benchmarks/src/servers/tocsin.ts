// Tocsin as a user would write it.
import { createServer } from 'node:http'
import { WebSocketEndpoint } from '@tocsin/core'
import { BROADCAST, announce, broadcastsAskedFor } from './serve.js'

const endpoint = new WebSocketEndpoint()
endpoint.on('message', (connection, message) => {
  const count = typeof message === 'string' ? 0 : broadcastsAskedFor(message)
  if (count === 0) connection.send(message)
  for (let i = 0; i < count; i++) endpoint.broadcast(BROADCAST)
})
const server = createServer()
endpoint.attach(server)
announce(server)
