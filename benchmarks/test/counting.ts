// For counts that are exact: connections whose server end is at hand, what is written to it, and what is allocated meanwhile.
// Public doors only.
import { createHook } from 'node:async_hooks'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocketEndpoint } from '@tocsin/core'
import { settle, transportPair } from '@tocsin/testing'
import { frameOf } from '../src/load/frame.js'

const HANDSHAKE = [
  'GET / HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

export function handshake(extensions?: string): string {
  const fields = extensions === undefined ? HANDSHAKE : [...HANDSHAKE, `Sec-WebSocket-Extensions: ${extensions}`]
  return [...fields, '', ''].join('\r\n')
}

/** Text messages of a client, in one chunk. */
export function messages(...texts: string[]): Buffer {
  return Buffer.concat(texts.map((text) => frameOf({ opcode: 1, payload: Buffer.from(text), isMasked: true })))
}

/** What goes out of a stream: one entry for each time that it is really written, with its chunks. */
export function writesOf(stream: Duplex): Buffer[][] {
  const writes: Buffer[][] = []
  const { _write, _writev } = stream
  stream._write = function (chunk: Buffer, encoding, done) {
    writes.push([chunk])
    _write.call(this, chunk, encoding, done)
  }
  stream._writev = function (chunks: { chunk: Buffer; encoding: BufferEncoding }[], done) {
    writes.push(chunks.map(({ chunk }) => chunk))
    _writev!.call(this, chunks, done)
  }
  return writes
}

export interface MemoryConnection {
  readonly client: Duplex
  readonly server: Duplex
}

/** A connection in memory: each write of the client arrives as one chunk. */
export async function connectInMemory(server: Server, extensions?: string): Promise<MemoryConnection> {
  const pair = transportPair()
  pair.client.resume()
  server.emit('connection', pair.server)
  pair.client.write(handshake(extensions))
  await settle()
  return pair
}

export interface TcpStage {
  readonly server: Server
  /** The server's ends, in the order of the clients. */
  readonly sockets: readonly Socket[]
  close(): void
}

/** Connections over TCP, whose sockets are Node's own: only those are given memory that others share. */
export async function connectOverTcp(endpoint: WebSocketEndpoint, extensions: readonly (string | undefined)[]): Promise<TcpStage> {
  const server = createServer()
  endpoint.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  const clients: Socket[] = []
  for (const offer of extensions) {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    clients.push(client)
    client.write(handshake(offer))
    await once(client, 'data')
    client.resume()
  }
  const close = (): void => {
    server.close()
    for (const client of clients) client.destroy()
  }
  return { server, sockets, close }
}

const ALLOCATORS = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'from', 'concat'] as const

/** Calls `run` with stacks long enough to tell on whose behalf something happens. */
async function withLongStacks<T>(run: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 100
  try {
    return await run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Node and the test runner have Buffers and timers, too: ours are those that core, or what it has called, has made. */
function isOurs(): boolean {
  const { prepareStackTrace } = Error
  // Names of files only: whoever maps stacks to sources makes Buffers on the way
  Error.prepareStackTrace = (_error, sites) => sites.some((site) => site.getFileName()?.includes('/packages/core/'))
  const found = new Error().stack as unknown as boolean
  Error.prepareStackTrace = prepareStackTrace
  return found
}

/** Where timers were started until `run` has ended. */
export function timersStartedBy(run: () => Promise<void>): Promise<string[]> {
  const started: string[] = []
  const hook = createHook({ init(_id, type) { if (type === 'Timeout' && isOurs()) started.push(new Error(type).stack!) } })
  return withLongStacks(async () => {
    hook.enable()
    try {
      await run()
      return started
    } finally {
      hook.disable()
    }
  })
}

/** How many Buffers, views included, are made until `run` has ended. */
export async function buffersMadeBy(run: () => Promise<void>): Promise<number> {
  let count = 0
  const statics = Buffer as unknown as Record<string, (...args: unknown[]) => Buffer>
  const views = Buffer.prototype as unknown as Record<string, (...args: unknown[]) => Buffer>
  const restore: (() => void)[] = []
  const counting = (object: typeof statics, name: string): void => {
    const original = object[name]!
    object[name] = function (this: unknown, ...args: unknown[]) {
      if (isOurs()) count++
      return original.apply(this, args)
    }
    restore.push(() => { object[name] = original })
  }
  for (const name of ALLOCATORS) counting(statics, name)
  counting(views, 'subarray')
  try {
    await withLongStacks(run)
    return count
  } finally {
    for (const undo of restore) undo()
  }
}
