// Tocsin behind a route of Fastify.
import { websocket } from '@tocsin/fastify'
import fastify from 'fastify'
import { announceServer } from './serve.js'
import { createEndpoint } from './tocsin-endpoint.js'

const app = fastify()
const endpoint = createEndpoint()
await app.register(websocket)
app.get('/', (_request, reply) => reply.upgrade(endpoint))
await app.listen({ port: 0, host: '127.0.0.1' })
announceServer(app.server)
