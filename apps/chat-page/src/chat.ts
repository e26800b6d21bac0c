// The chat itself: rooms are topics, and every event of the chat contract goes out here. Knows no framework and no HTTP.

import type { WebSocketEndpoint } from '@tocsin/core'
import { defineEvents, typed } from '@tocsin/events'
import { z } from 'zod'
import type { Member } from './admission.js'

const MAX_TEXT = 2000

const Say = z.object({
  text: z.string('must be a text').max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`).regex(/\S/, 'must not be empty'),
})

interface Presence {
  readonly name: string
  readonly online: readonly string[]
}

/** What goes out, for the compiler. */
const outgoing = {
  welcome: typed<{ id: string; room: string; online: readonly string[] }>(),
  joined: typed<Presence>(),
  left: typed<Presence>(),
  said: typed<{ from: string; text: string }>(),
  announcement: typed<{ text: string }>(),
}

export interface Chat {
  /** Tells every connection of every room. Returns how many it reached. */
  announce(text: string): number
  /** The names in a room, one for each connection, in the order they came. */
  online(room: string): string[]
}

/** Makes a chat of an endpoint whose connections are members. */
export function createChat(endpoint: WebSocketEndpoint<Member>): Chat {
  const events = defineEvents(endpoint, { say: Say }, { outgoing })
  const online = (room: string) => Array.from(endpoint.topic(topicOf(room)), (connection) => connection.data.name)

  endpoint.on('open', (connection) => {
    const { name, room } = connection.data
    connection.subscribe(topicOf(room))
    events.send(connection, 'welcome', { id: connection.id, room, online: online(room) })
    events.publish(topicOf(room), 'joined', { name, online: online(room) }, { except: connection })
  })
  endpoint.on('close', (connection) => {
    const { name, room } = connection.data
    events.publish(topicOf(room), 'left', { name, online: online(room) })
  })
  events.on('say', (connection, { text }) => {
    const { name, room } = connection.data
    events.publish(topicOf(room), 'said', { from: name, text })
  })

  return { online, announce: (text) => events.broadcast('announcement', { text }) }
}

function topicOf(room: string): string {
  return `room:${room}`
}
