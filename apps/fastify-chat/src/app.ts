// The chat as an ordinary Fastify app. Each room is a route like any other, whose handler makes a WebSocket of the request.

import fastifyStatic from '@fastify/static'
import { WebSocketEndpoint } from '@tocsin/core'
import { websocket } from '@tocsin/fastify'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { admit, announcementText, ChatRefusal, chatPage, createChat, pageHeaders, type Member } from 'tocsin-chat-page'

interface Room {
  Params: { room: string }
  Querystring: { name?: string }
}

export async function createApp(): Promise<FastifyInstance> {
  const endpoint = new WebSocketEndpoint<Member>()
  const chat = createChat(endpoint)
  const app = fastify()
  app.setErrorHandler(refuse)
  await app.register(websocket, { deadline: 10_000 })
  await app.register(fastifyStatic, { root: chatPage, setHeaders: (reply) => void reply.headers(pageHeaders) })

  app.get('/stats', async () => endpoint.stats())
  app.get<{ Querystring: { message?: string } }>('/broadcast', async ({ query }) => ({ delivered: chat.announce(announcementText(query.message)) }))
  // Who has no name, or asks for an impossible room, gets an ordinary HTTP answer, and no 101
  app.get<Room>('/rooms/:room', async ({ params, query }, reply) => reply.upgrade(endpoint, admit(params.room, query.name)))
  return app
}

/** Everything else that goes wrong is Fastify's business. */
function refuse(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ChatRefusal) return reply.code(error.status).send({ error: error.message })
  return reply.send(error)
}
