// The example of Swoole's manual, in Tocsin: greet on open, answer every message, and let an HTTP request speak to everyone.

import { WebSocketEndpoint } from '@tocsin/core'

export function createServer(log: (line: string) => void): WebSocketEndpoint {
  const server = new WebSocketEndpoint()

  server.on('open', (connection) => {
    log(`open: ${connection.id}`)
    connection.send('hello')
  })
  server.on('message', (connection, message) => {
    log(`message from ${connection.id}: ${message.toString()}`)
    connection.send('this is server')
  })
  server.on('close', (connection, { code }) => {
    log(`close: ${connection.id}, ${code}`)
  })
  server.on('request', (request, response) => {
    const message = new URL(request.url ?? '/', 'http://localhost').searchParams.get('message')
    if (!message) return void response.writeHead(400).end('Nothing to push: please add ?message=\n')
    let pushed = 0
    for (const connection of server.connections) {
      if (server.isEstablished(connection.id) && server.push(connection.id, message)) pushed++
    }
    response.end(`pushed to ${pushed}\n`)
  })
  return server
}
