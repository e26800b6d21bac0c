// Beside Tocsin: the client of `ws`, with its limits raised to what the cases need.
import { type PerMessageDeflateOptions, WebSocket } from 'ws'
import { MESSAGE_LIMIT } from '../servers/echo-server.js'
import { binary, text } from '../wire/seen.js'
import type { EchoClient, Offered } from './echo-client.js'

// 0 is no limit: by default more than 16,384 fragments, or Pings that come faster than their Pongs can go, end the connection
const LIMITS = { maxPayload: MESSAGE_LIMIT, maxFragments: 0, maxPendingAutoPongs: 0 }

export const wsClient: EchoClient = {
  connect(url, { compression, subprotocols = [] }) {
    const received: string[] = []
    let hasOpened = false
    const perMessageDeflate = compression === undefined ? false : optionsOf(compression)
    const socket = new WebSocket(url, [...subprotocols], { ...LIMITS, perMessageDeflate })
    socket.on('error', () => {}).on('open', () => { hasOpened = true })
    socket.on('message', (data, isBinary) => {
      received.push((isBinary ? binary : text)(data as Buffer))
      socket.send(data, { binary: isBinary })
    })
    return {
      get hasOpened() { return hasOpened },
      received,
      send: (message) => { socket.send(message) },
      ping: () => { socket.ping('from the application') },
      close: (code, reason) => { socket.close(code, reason) },
      destroy: () => socket.terminate(),
    }
  },
}

function optionsOf(offered: Offered): PerMessageDeflateOptions {
  return { threshold: 0, clientMaxWindowBits: true as never, ...offered }
}
