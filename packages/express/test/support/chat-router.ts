// A router of an application, in a file of its own, as people write them.
import type { WebSocketEndpoint } from '@tocsin/core'
import { Router } from 'express'
import { upgrade } from '@tocsin/express'

export interface Visitor {
  readonly house: string
  readonly room: string
}

export function chatRouter(chat: WebSocketEndpoint<Visitor>): Router {
  const router = Router({ mergeParams: true })
  router.use((_req, res, next) => { res.locals['steps'] = [...(res.locals['steps'] as string[] ?? []), 'router']; next() })
  router.get('/rooms/:room', upgrade(chat, (req) => ({ house: req.params.house, room: req.params.room })))
  return router
}
