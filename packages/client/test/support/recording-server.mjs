// A `ws` server as a process that can be killed: it waits for a port on its input, listens there, and writes each message that comes
// to the end of a file before it echoes it. What a process has written survives its SIGKILL.
import { openSync, writeSync } from 'node:fs'
import { WebSocketServer } from 'ws'

const file = openSync(process.argv[2], 'a')

process.stdin.once('data', (port) => {
  const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1' })
  server.on('listening', () => process.stdout.write(`${server.address().port}\n`))
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    socket.on('message', (message) => {
      writeSync(file, `${message}\n`)
      socket.send(String(message))
    })
  })
})
