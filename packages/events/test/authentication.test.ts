// Events on an endpoint whose connections have to authenticate first: by an event, as any other.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { EventError, defineEvents } from '../src/index.js'
import { listen } from './support/chat.js'

interface User { readonly name: string }

test('B17: a login event authenticates; before it, others are refused by their handlers, and nothing is published to the connection', async () => {
  const { endpoint, connect } = await listen<User>({ authenticateWithin: 60_000 })
  endpoint.on('open', (connection) => { connection.subscribe('room') })
  const events = defineEvents(endpoint, { login: z.object({ name: z.string() }), say: z.object({ text: z.string() }) })
  events.on('login', (connection, user) => connection.authenticate(user))
  events.on('say', (connection, { text }) => {
    if (!connection.isAuthenticated) throw new EventError('log in first')
    return events.publish('room', 'said', { from: connection.data.name, text })
  })
  const [ada, eve] = [await connect(), await connect()]
  ada.say({ event: 'say', data: { text: 'hi' }, id: 1 })
  expect(await ada.next()).toMatchObject({ event: 'error', id: 1 })
  ada.say({ event: 'login', data: { name: 'Ada' }, id: 2 })
  expect(await ada.next()).toEqual({ event: 'reply', data: true, id: 2 })
  ada.say({ event: 'say', data: { text: 'hi' }, id: 3 })
  expect([await ada.next(), await ada.next()]).toEqual([{ event: 'said', data: { from: 'Ada', text: 'hi' } }, { event: 'reply', data: 1, id: 3 }])
  expect([eve.inbox, endpoint.connections.size, endpoint.stats().unauthenticated]).toEqual([[], 1, 1])
})
