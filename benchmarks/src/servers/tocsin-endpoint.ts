// The endpoint of all servers with Tocsin: what it does with a message. They differ in how a request gets here.
import { WebSocketEndpoint } from '@tocsin/core'
import { nextText, task } from './serve.js'

export function createEndpoint(): WebSocketEndpoint {
  const endpoint = new WebSocketEndpoint({ text: task.take, ...compression() })
  if (task.does === 'broadcast') {
    endpoint.on('message', () => {
      for (let i = 0; i < task.perTurn!; i++) endpoint.broadcast(nextText())
    })
  } else if (task.does === 'chat') {
    endpoint.on('message', (_connection, message) => void endpoint.broadcast(message))
  } else if (task.take === 'bytes') {
    endpoint.on('message', (connection, message, kind) => void connection.send(message, { text: kind === 'text' }))
  } else {
    endpoint.on('message', (connection, message) => void connection.send(message))
  }
  return endpoint
}

function compression(): { compression?: true | { threshold: number } } {
  if (task.deflate !== true) return {}
  return { compression: task.variant === 'all' ? { threshold: 0 } : true }
}
