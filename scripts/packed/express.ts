import express from 'express'
import { WebSocketEndpoint } from '@tocsin/core'
import { attach, upgrade } from '@tocsin/express'
import { defineEvents } from '@tocsin/events'
import { connect } from '@tocsin/testing'

async function main(): Promise<void> {
  const chat = new WebSocketEndpoint<{ room: string }>()
  const events = defineEvents(chat, {})
  chat.on('open', (connection) => { connection.subscribe(connection.data.room) })
  const app = express()
  app.get('/rooms/:room', upgrade(chat, (request) => ({ room: String(request.params['room']) })))
  const server = app.listen(0, '127.0.0.1')
  const tocsin = attach(server, app)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const client = await connect(`ws://127.0.0.1:${address.port}/rooms/blue`)
  const delivered = events.publish('blue', 'said', { text: 'hi' })
  const message = await client.next()
  await tocsin.close({ deadline: 1_000 })
  console.log(delivered === 1 && String(message) === '{"event":"said","data":{"text":"hi"}}' ? 'ok' : `not ok: ${delivered} ${String(message)}`)
}

void main()
