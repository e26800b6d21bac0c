// The chat as an ordinary Express app. Each room is a route like any other, whose last handler makes a WebSocket of the request.

import { fileURLToPath } from 'node:url'
import { WebSocketEndpoint } from '@tocsin/core'
import { upgrade } from '@tocsin/express'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { admit, announcementText, ChatRefusal, chatPage, createChat, pageHeaders, type Member } from 'tocsin-chat-page'

export function createApp(): Express {
  const endpoint = new WebSocketEndpoint<Member>()
  const chat = createChat(endpoint)
  const app = express()
  app.disable('x-powered-by').disable('etag')

  app.get('/stats', (_request, response) => {
    response.json(endpoint.stats())
  })
  app.get('/broadcast', (request, response) => {
    response.json({ delivered: chat.announce(announcementText(request.query['message'])) })
  })
  app.get('/rooms/:room', letIn, upgrade(endpoint, (_request, response) => response.locals['member'] as Member))
  app.use(express.static(fileURLToPath(chatPage), { setHeaders: (response) => response.setHeaders(new Map(Object.entries(pageHeaders))) }))
  app.use(refuse)
  return app
}

/** Before the 101: who has no name, or asks for an impossible room, gets an ordinary HTTP answer. */
function letIn(request: Request, response: Response, next: NextFunction): void {
  response.locals['member'] = admit(request.params['room'], request.query['name'])
  next()
}

// oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
function refuse(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (error instanceof ChatRefusal) response.status(error.status).json({ error: error.message })
  else next(error)
}
