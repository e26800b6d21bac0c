// The client under test: @tocsin/client.
import { WebSocketClient } from '@tocsin/client'
import { MESSAGE_LIMIT } from '../servers/echo-server.js'
import { binary, text } from '../wire/seen.js'
import type { EchoClient } from './echo-client.js'

/** Without a threshold, so that every message that becomes smaller is sent compressed. */
const CONTEXTS = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false }
const LIMITS = { maxMessageSize: MESSAGE_LIMIT, maxQueueSize: Infinity, pingInterval: false, reconnect: false } as const

export const tocsinClient: EchoClient = {
  connect(url, { compression, subprotocols = [] }) {
    const received: string[] = []
    let hasOpened = false
    const client = new WebSocketClient(url, {
      ...LIMITS,
      subprotocols,
      compression: compression !== undefined && { ...CONTEXTS, ...compression },
    })
    client.on('open', () => { hasOpened = true })
    client.on('message', (message) => {
      received.push(typeof message === 'string' ? text(message) : binary(message))
      client.send(message)
    })
    return {
      get hasOpened() { return hasOpened },
      received,
      send: (message) => { client.send(message) },
      ping: () => { client.ping('from the application') },
      close: (code, reason) => { void client.close(code, reason) },
      destroy: () => client.terminate(),
    }
  },
}
