// @fastify/websocket as its documentation shows it.
import websocket from '@fastify/websocket'
import fastify from 'fastify'
import { announceServer } from './serve.js'
import { type Socket, handleMessages } from './ws-messages.js'

const app = fastify()
await app.register(websocket)
app.get('/', { websocket: true }, (socket) => handleMessages(socket as Socket, app.websocketServer.clients as Set<Socket>))
await app.listen({ port: 0, host: '127.0.0.1' })
announceServer(app.server)
