// The `ws` package as its documentation shows it.
import { createServer } from 'node:http'
import { type ServerOptions, WebSocketServer } from 'ws'
import { announceServer, task } from './serve.js'
import { type Socket, handleMessages } from './ws-messages.js'

const server = createServer()
const sockets = new WebSocketServer({ server, ...compression() })
sockets.on('connection', (socket) => handleMessages(socket as Socket, sockets.clients as Set<Socket>))
announceServer(server.listen(0, '127.0.0.1'))

/** As documented; or as cheap as it gets, and whatever the size. */
function compression(): ServerOptions {
  if (task.deflate !== true) return {}
  if (task.variant !== 'level 1') return { perMessageDeflate: true }
  const perMessageDeflate = { zlibDeflateOptions: { level: 1 }, serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 }
  return { perMessageDeflate }
}
