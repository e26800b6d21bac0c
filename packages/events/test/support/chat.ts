// A real endpoint on a real port, and `ws` clients that speak JSON to it.
import { type EndpointOptions, WebSocketEndpoint } from '@tocsin/core'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

export interface Talk {
  readonly socket: WebSocket
  /** Everything that came and was not read yet. */
  readonly inbox: unknown[]
  say(message: object | string | Uint8Array): void
  next(): Promise<Record<string, unknown>>
}

export async function listen<Data = undefined>(options: EndpointOptions<Data> = {}): Promise<{ endpoint: WebSocketEndpoint<Data>; connect(): Promise<Talk> }> {
  const endpoint = new WebSocketEndpoint<Data>(options)
  endpoint.on('open', () => {})
  onTestFinished(() => endpoint.close({ deadline: 500 }))
  const { port } = await endpoint.listen(0, '127.0.0.1')
  return { endpoint, connect: () => talkTo(`ws://127.0.0.1:${port}`) }
}

async function talkTo(url: string): Promise<Talk> {
  const socket = new WebSocket(url)
  onTestFinished(() => socket.terminate())
  const inbox: unknown[] = []
  const readers: (() => void)[] = []
  socket.on('message', (bytes: Buffer) => {
    inbox.push(JSON.parse(bytes.toString()))
    readers.shift()?.()
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const next = async (): Promise<Record<string, unknown>> => {
    if (inbox.length === 0) await new Promise<void>((resolve) => readers.push(resolve))
    return inbox.shift() as Record<string, unknown>
  }
  const say = (message: object | string | Uint8Array): void => {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array
    socket.send(isRaw ? message : JSON.stringify(message))
  }
  return { socket, inbox, say, next }
}
