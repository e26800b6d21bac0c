// The bound for anything on Node's sockets: bytes come back as they are, or others that were made before; nothing is parsed.
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { frameOf } from '../load/frame.js'
import { announceServer, nextText, task } from './serve.js'

const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const MASKED_HEADER = 6
const made = frameOf({ opcode: 1, payload: Buffer.from(nextText()) })
const close = frameOf({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) })
const sockets = new Set<Duplex>()

const server = createServer()
server.on('upgrade', (_request, socket) => {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`)
  if (task.does !== 'close') {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => handle(socket, chunk))
})
announceServer(server.listen(0, '127.0.0.1'))

function handle(socket: Duplex, chunk: Buffer): void {
  if (task.does === 'echo') socket.write(chunk)
  else if (task.does === 'close') socket.end(close)
  else sendToAll(task.does === 'chat' ? chunk.length / (task.payload!.size + MASKED_HEADER) : task.perTurn!)
}

function sendToAll(count: number): void {
  for (let i = 0; i < count; i++) for (const each of sockets) each.write(made)
}
