// The server of `ws`, in this process.
import { once } from 'node:events'
import { type IncomingMessage, type Server, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { certificate } from '@tocsin/testing'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { FRAGMENTS, type OtherServer } from './server.js'

export const wsServer: OtherServer = {
  name: 'ws',
  isAvailable: true,
  async start() {
    const options = { noServer: true, perMessageDeflate: { threshold: 0 }, maxPayload: 1 << 25, handleProtocols: choose }
    const sockets = new WebSocketServer(options)
    sockets.on('connection', (socket: WebSocket, { url = '' }: IncomingMessage) => {
      const isOrder = url.startsWith('/told')
      socket.on('error', () => {}).on('message', (data, isBinary) => { answer(socket, { data, isBinary, isOrder }) })
    })
    const [plain, secure] = [createServer(), createSecureServer(certificate)]
    await Promise.all([plain, secure].map((server) => listen(server, sockets)))
    const portOf = (server: Server): number => (server.address() as AddressInfo).port
    return {
      port: portOf(plain),
      origin: (scheme) => `${scheme}://127.0.0.1:${portOf(scheme === 'http' ? plain : secure)}`,
      async stop() {
        for (const socket of sockets.clients) socket.terminate()
        for (const server of [plain, secure]) server.close()
      },
    }
  },
}

function choose(offered: Set<string>): string | false {
  return ['chat.v2', 'chat.v1'].find((each) => offered.has(each)) ?? false
}

async function listen(server: Server, sockets: WebSocketServer): Promise<void> {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const status = new URL(request.url ?? '', 'http://host').searchParams.get('status')
    if (status === null) sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit('connection', accepted, request))
    else socket.on('error', () => {}).end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
}

function answer(socket: WebSocket, { data, isBinary, isOrder }: { data: RawData; isBinary: boolean; isOrder: boolean }): void {
  if (!isOrder) return socket.send(data, { binary: isBinary })
  const [order, first = '', ...others] = String(data as Buffer).split(' ')
  if (order === 'close') socket.close(Number(first), others.join(' '))
  if (order === 'ping') socket.once('pong', () => { socket.send(`pong ${first}`) }).ping(first)
  if (order === 'fragments') for (const [index, part] of FRAGMENTS.entries()) socket.send(part, { fin: index === FRAGMENTS.length - 1 })
}
