// The `ws` package as its documentation shows it.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { BROADCAST, announce, broadcastsAskedFor } from './serve.js'

const server = createServer()
const sockets = new WebSocketServer({ server })
sockets.on('connection', (socket) => {
  socket.on('message', (message: Buffer, isBinary) => {
    const count = broadcastsAskedFor(message)
    if (count === 0) socket.send(message, { binary: isBinary })
    for (let i = 0; i < count; i++) for (const client of sockets.clients) client.send(BROADCAST)
  })
})
announce(server)
