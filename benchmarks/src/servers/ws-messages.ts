// What servers on the `ws` package do with a message, as its documentation shows it.
import { nextText, task } from './serve.js'

/** What we use of a WebSocket of `ws`, whichever of its versions a framework brings. */
export interface Socket {
  readonly readyState: number
  on(event: 'message', listener: (this: Socket, data: Buffer, isBinary: boolean) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(data: Buffer | string, options?: { binary: boolean }): void
}

const OPEN = 1

export function handleMessages(socket: Socket, clients: Iterable<Socket>): void {
  socket.on('error', console.error)
  if (task.does === 'broadcast') socket.on('message', () => broadcast(clients))
  else if (task.does === 'chat') socket.on('message', (data, isBinary) => sendToAll(clients, data, isBinary))
  else if (task.take === 'bytes') socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  else socket.on('message', (data, isBinary) => (isBinary ? socket.send(data, { binary: true }) : socket.send(data.toString())))
}

function broadcast(clients: Iterable<Socket>): void {
  for (let i = 0; i < task.perTurn!; i++) {
    const text = nextText()
    for (const client of clients) if (client.readyState === OPEN) client.send(text)
  }
}

function sendToAll(clients: Iterable<Socket>, data: Buffer, isBinary: boolean): void {
  for (const client of clients) if (client.readyState === OPEN) client.send(data, { binary: isBinary })
}
