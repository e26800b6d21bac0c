// The bound for anything on Node's sockets: bytes come back as they are, after a handshake that is not looked at.
import { createServer } from 'node:http'
import { announce } from './serve.js'

const server = createServer()
server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  socket.on('data', (chunk: Buffer) => socket.write(chunk))
  socket.on('error', () => socket.destroy())
})
announce(server)
