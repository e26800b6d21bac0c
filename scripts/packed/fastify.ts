import { fastify } from 'fastify'
import { WebSocketEndpoint } from '@tocsin/core'
import { websocket } from '@tocsin/fastify'
import { connect } from '@tocsin/testing'

async function main(): Promise<void> {
  const chat = new WebSocketEndpoint<{ room: string }>()
  chat.on('open', (connection) => { connection.subscribe(connection.data.room) })
  const app = fastify()
  await app.register(websocket, { deadline: 1_000 })
  app.get<{ Params: { room: string } }>('/rooms/:room', (request, reply) => reply.upgrade(chat, { room: request.params.room }))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const client = await connect(`${url.replace('http', 'ws')}/rooms/blue`)
  const delivered = chat.publish('blue', 'hi')
  const message = await client.next()
  await app.close()
  console.log(delivered === 1 && message === 'hi' ? 'ok' : `not ok: ${delivered} ${String(message)}`)
}

void main()
