// Over real TCP and TLS: against an endpoint, `ws`, through proxies.
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import { Duplex } from 'node:stream'
import { WebSocketEndpoint } from '@tocsin/core'
import { certificate } from '@tocsin/testing'
import { SocksClient } from 'socks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Target, WebSocketClient, type WebSocketClientOptions } from '../../src/index.js'
import { httpProxy, socksProxy } from '../support/proxies.js'

const cleanups: (() => unknown)[] = []
let endpoint: WebSocketEndpoint
let port: number

beforeEach(async () => {
  endpoint = new WebSocketEndpoint({ compression: true, subprotocols: ['echo'] })
  endpoint.on('message', (connection, message) => { connection.send(message) })
  port = (await endpoint.listen(0, '127.0.0.1')).port
  cleanups.push(() => endpoint.close())
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function make(url: string, options: WebSocketClientOptions = {}): WebSocketClient {
  const client = new WebSocketClient(url, { reconnect: false, ...options })
  cleanups.push(() => client.terminate())
  return client
}

async function echoes(client: WebSocketClient): Promise<void> {
  await client.opened
  const messages = client[Symbol.asyncIterator]()
  for (const data of ['hi', 'ä'.repeat(100_000), Buffer.alloc(300_000, 7)]) {
    client.send(data)
    const { value } = await messages.next()
    expect(typeof data === 'string' ? value === data : data.equals(value as Buffer)).toBe(true)
  }
  await messages.return?.()
  expect(await client.close()).toMatchObject({ code: 1000, clean: true, unconfirmed: { count: 0 } })
}

async function secureEndpoint(): Promise<number> {
  const server = createServer(certificate)
  endpoint.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('an endpoint', () => {
  it('over TCP', () => echoes(make(`ws://127.0.0.1:${port}/`)))
  it('over TCP, compressed', () => echoes(make(`ws://127.0.0.1:${port}/`, { compression: { threshold: 0 } })))
  it('over TCP, with contexts', () => echoes(make(`ws://127.0.0.1:${port}/`, { compression: { serverNoContextTakeover: false, clientNoContextTakeover: false, threshold: 0 } })))
  it('over TLS', async () => echoes(make(`wss://localhost:${await secureEndpoint()}/`, { tls: { ca: certificate.cert } })))
  it('over TLS, by address', async () => echoes(make(`wss://127.0.0.1:${await secureEndpoint()}/`, { tls: { ca: certificate.cert } })))

  it('agrees on a subprotocol, and says where it is', async () => {
    const client = make(`ws://127.0.0.1:${port}/`, { subprotocols: ['other', 'echo'] })
    const connected = new Promise((resolve) => client.on('connect', resolve))
    await client.opened
    expect([client.subprotocol, await connected]).toEqual(['echo', { url: `ws://127.0.0.1:${port}/`, remoteAddress: '127.0.0.1', remotePort: port }])
  })

  it('origin, headers and cookies arrive', async () => {
    const seen = new Promise((resolve) => endpoint.on('open', (_, { headers }) => resolve([headers['origin'], headers['cookie'], headers['x-room']])))
    make(`ws://127.0.0.1:${port}/`, { origin: `http://127.0.0.1:${port}`, headers: { Cookie: 'sid=1', 'X-Room': 'blue' } })
    expect(await seen).toEqual([`http://127.0.0.1:${port}`, 'sid=1', 'blue'])
  })

  it('as a Node stream', async () => {
    const client = make(`ws://127.0.0.1:${port}/`)
    const stream = Duplex.fromWeb(client, { objectMode: true })
    stream.write('one')
    stream.write('two')
    const seen: unknown[] = []
    for await (const message of stream) {
      seen.push(message)
      if (seen.length === 2) break
    }
    expect(seen).toEqual(['one', 'two'])
  })

  it('as web streams', async () => {
    const client = make(`ws://127.0.0.1:${port}/`)
    const [reader, writer] = [client.readable.getReader(), client.writable.getWriter()]
    await writer.write('hi')
    expect(await reader.read()).toEqual({ done: false, value: 'hi' })
    await writer.close()
    expect((await client.closed).code).toBe(1000)
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('comes back to a server that was restarted, again and again', async () => {
    let count = 0
    const client = make(`ws://127.0.0.1:${port}/`, { reconnect: 5 })
    for (; count < 5; count++) {
      await client.opened
      await endpoint.close({ code: 1012 })
      endpoint = new WebSocketEndpoint()
      endpoint.on('message', (connection, message) => { connection.send(`${String(message)} again`) })
      await endpoint.listen(port, '127.0.0.1')
    }
    client.send('hi')
    expect(await client[Symbol.asyncIterator]().next()).toMatchObject({ value: 'hi again' })
  })
})

describe('`ws`', () => {
  it.each([[{}], [{ perMessageDeflate: true }], [{ perMessageDeflate: { serverMaxWindowBits: 9, clientMaxWindowBits: 10, threshold: 0 } }]])('as a server, with %j', async (options) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
    server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
    cleanups.push(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    await echoes(make(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, { compression: { threshold: 0 } }))
  })
})

describe('no connection', () => {
  it('a port where nobody listens', async () => {
    await endpoint.close()
    await expect(make(`ws://127.0.0.1:${port}/`).opened).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('a certificate that is not trusted', async () => {
    await expect(make(`wss://localhost:${await secureEndpoint()}/`).opened).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })

  it('a name that is not in the certificate', async () => {
    const lookup: LookupFunction = (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])
    await expect(make(`wss://other.example:${await secureEndpoint()}/`, { lookup, tls: { ca: certificate.cert } }).opened).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  it('a server that speaks TLS where none was asked for', async () => {
    await expect(make(`ws://127.0.0.1:${await secureEndpoint()}/`).opened).rejects.toBeInstanceOf(Error)
  })

  it('a connect function that fails', async () => {
    await expect(make('ws://a/', { connect: () => Promise.reject(new Error('no way')) }).opened).rejects.toThrow('no way')
  })
})

describe('another way there', () => {
  it('lookup, in place of DNS', async () => {
    const asked: string[] = []
    const lookup: LookupFunction = (host, _, callback) => {
      asked.push(host)
      callback(null, [{ address: '127.0.0.1', family: 4 }])
    }
    await echoes(make(`ws://somewhere.example:${port}/`, { lookup }))
    expect(asked).toEqual(['somewhere.example'])
  })

  it('an HTTP proxy, by CONNECT, with TLS through it', async () => {
    const proxy = await httpProxy()
    cleanups.push(() => proxy.close())
    const connect = ({ host, port: to }: Target, signal: AbortSignal): Promise<Duplex> => new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path: `${host}:${to}`, headers: { 'Proxy-Authorization': 'Basic eDp5' }, signal })
        .on('connect', ({ statusCode }, socket) => { if (statusCode === 200) resolve(socket); else reject(new Error(`the proxy says ${statusCode}`)) })
        .on('error', reject)
        .end()
    })
    const secure = await secureEndpoint()
    await echoes(make(`wss://localhost:${secure}/`, { connect, tls: { ca: certificate.cert } }))
    await echoes(make(`ws://localhost:${port}/`, { connect }))
    expect(proxy.log).toEqual([`localhost:${secure} Basic eDp5`, `localhost:${port} Basic eDp5`])
  })

  it('a SOCKS5 proxy, which resolves the name itself', async () => {
    const proxy = await socksProxy()
    cleanups.push(() => proxy.close())
    const connect = async ({ host, port: to }: Target): Promise<Duplex> => {
      const { socket } = await SocksClient.createConnection({ proxy: { host: '127.0.0.1', port: proxy.port, type: 5 }, command: 'connect', destination: { host, port: to } })
      return socket
    }
    await echoes(make(`ws://inside.example:${port}/`, { connect }))
    expect(proxy.log).toEqual([`inside.example:${port}`])
  })
})
