// What the type checker says of mappers: each `@ts-expect-error` is a mistake that must not compile.
import { type Handshake, WebSocketEndpoint } from '@tocsin/core'
import { upgrade } from '@tocsin/express'
import express, { type Request, type RequestHandler, Router } from 'express'
import { expectTypeOf, test } from 'vitest'

interface Member {
  readonly user: { readonly name: string }
  readonly room: string
}

declare global {
  namespace Express {
    interface Request {
      user?: { readonly name: string }
    }
  }
}

const requireUser: RequestHandler = (_request, _response, next) => next()
const hook = (handshake: Handshake) => handshake.accept({ user: { name: 'ada' }, room: 'blue' })

test('C5: what the mapper returns is the typed connection.data, in any route', () => {
  const chat = new WebSocketEndpoint<Member>()
  const app = express()
  app.get('/rooms/:room', requireUser, upgrade(chat, (req) => ({ user: req.user!, room: req.params.room })))
  app.get('/rooms/:room', upgrade(chat, async (req, res) => ({ user: { name: String(res.locals['name']) }, room: req.params.room })))
  app.get('/rooms/:room', upgrade(chat, (req: Request<{ room: string }>) => ({ user: { name: 'ada' }, room: req.params.room })))
  Router({ mergeParams: true }).get('/', requireUser, upgrade(chat, (req) => ({ user: req.user!, room: req.params.room })))
  app.get('/rooms/:room', (req, _res, next) => { expectTypeOf(req.params.room).toEqualTypeOf<string>(); next() }, upgrade(chat, () => data))
  const data: Member = { user: { name: 'ada' }, room: 'blue' }
  chat.on('open', (connection) => { expectTypeOf(connection.data).toEqualTypeOf<Member>() })
})

test('C5: a forgotten field, a forgotten mapper and a forgotten return do not compile', () => {
  const chat = new WebSocketEndpoint<Member>()
  // @ts-expect-error -- no room
  upgrade(chat, (req) => ({ user: req.user! }))
  // @ts-expect-error -- no room, later
  upgrade(chat, async (req) => ({ user: req.user! }))
  // @ts-expect-error -- the user may be missing
  upgrade(chat, (req) => ({ user: req.user, room: 'blue' }))
  // @ts-expect-error -- no mapper
  upgrade(chat)
  // @ts-expect-error -- returns nothing
  upgrade(chat, () => {})
})

test('C5: a mapper may refuse by answering', () => {
  const chat = new WebSocketEndpoint<Member>()
  upgrade(chat, (req, res) => (req.user ? { user: req.user, room: 'blue' } : res.status(402).json({ error: 'pay' })))
  upgrade(chat, async (req, res) => (req.user ? { user: req.user, room: 'blue' } : res.sendStatus(402)))
})

test('an endpoint without data, or with a hook of its own, needs no mapper', () => {
  upgrade(new WebSocketEndpoint())
  upgrade(new WebSocketEndpoint({ name: 'plain' }))
  upgrade(new WebSocketEndpoint({ upgrade: hook }))
  upgrade(new WebSocketEndpoint<Member>({ upgrade: hook }))
  upgrade(new WebSocketEndpoint<Member>({ upgrade: async (handshake) => (Math.random() < 0.5 ? hook(handshake) : handshake.reject(400)) }))
  upgrade(new WebSocketEndpoint<unknown>())
})
