// `ws` as a client that keeps what it gets.
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { until } from './wait.js'

export interface WsClient {
  readonly socket: WebSocket
  readonly messages: (string | Buffer)[]
  readonly pings: Buffer[]
  readonly pongs: Buffer[]
  /** How it ended, when it has. */
  close: { code: number; reason: string } | undefined
  received(count: number): Promise<(string | Buffer)[]>
  closed(): Promise<{ code: number; reason: string }>
}

export interface WsOptions extends ClientOptions {
  readonly path?: string
  readonly subprotocols?: string[]
  readonly secure?: boolean
}

export async function connectWs(port: number, { path = '/', subprotocols = [], secure = false, ...options }: WsOptions = {}): Promise<WsClient> {
  const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}${path}`
  const socket = new WebSocket(url, subprotocols, { rejectUnauthorized: false, perMessageDeflate: false, ...options })
  onTestFinished(() => { socket.terminate() })
  const messages: (string | Buffer)[] = []
  const [pings, pongs]: Buffer[][] = [[], []]
  const client: WsClient = {
    socket, messages, pings: pings!, pongs: pongs!, close: undefined,
    received: async (count) => { await until(() => messages.length >= count, () => `${count} messages; there are ${messages.length}`); return messages },
    closed: async () => { await until(() => client.close !== undefined, 'the end'); return client.close! },
  }
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()))
  socket.on('ping', (data: Buffer) => pings!.push(data)).on('pong', (data: Buffer) => pongs!.push(data))
  socket.on('close', (code, reason) => { client.close = { code, reason: reason.toString() } })
  await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject) })
  socket.on('error', () => {})
  return client
}
