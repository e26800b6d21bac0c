// Socket.IO as its documentation shows it, without its other transport.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { announceServer, nextText, task } from './serve.js'

const server = createServer()
const io = new Server(server, { transports: ['websocket'], serveClient: false })
io.on('connection', (socket) => {
  if (task.does === 'broadcast') socket.on('message', () => broadcast())
  else if (task.does === 'chat') socket.on('message', (message: string) => io.emit('message', message))
  else socket.on('message', (message: string) => socket.emit('message', message))
})
announceServer(server.listen(0, '127.0.0.1'))

function broadcast(): void {
  for (let i = 0; i < task.perTurn!; i++) io.emit('message', nextText())
}
