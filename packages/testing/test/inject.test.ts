// inject(): no port is opened, everything else is real.
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { Frame, Opcode, WebSocketEndpoint, dispatchUpgrades } from '@tocsin/core'
import { WebSocketServer } from 'ws'
import { describe, expect, test } from 'vitest'
import { UpgradeRefusedError, inject, injectSocket, settle } from '@tocsin/testing'
import { certificate } from '../src/certificate.js'

function echo(): WebSocketEndpoint {
  return new WebSocketEndpoint().on('message', (connection, message) => { connection.send(message) })
}

describe('an endpoint alone', () => {
  test('serves every path', async () => {
    const endpoint = echo()
    endpoint.on('open', (connection, { url }) => { connection.send(String(url)) })
    for (const path of ['/', '/rooms/blue?name=ada']) {
      await using client = await inject(endpoint, path)
      expect(await client.next()).toBe(path)
      client.send('hello')
      expect(await client.next()).toBe('hello')
    }
  })

  test('asks its `upgrade` hook; a refusal rejects with status, headers and body', async () => {
    const guarded = new WebSocketEndpoint<string>({
      pushOnly: true,
      upgrade: (handshake) => handshake.request.headers.cookie === 'user=ada'
        ? handshake.accept('ada', { headers: { 'X-Hello': 'ada' } })
        : handshake.reject(401, { headers: { 'WWW-Authenticate': 'Cookie' }, body: { error: 'who are you?' } }),
    })
    const client = await inject(guarded, { headers: { Cookie: 'user=ada' } })
    expect([client.headers['x-hello'], ...[...guarded.connections].map(({ data }) => data)]).toEqual(['ada', 'ada'])
    const refusal = await inject(guarded).catch((error: unknown) => error) as UpgradeRefusedError
    expect(refusal).toBeInstanceOf(UpgradeRefusedError)
    expect([refusal.status, refusal.headers['www-authenticate'], refusal.json()]).toEqual([401, 'Cookie', { error: 'who are you?' }])
  })

  test('options: origin, subprotocols, frames in the handshake\'s segment, addresses, TLS', async () => {
    const endpoint = new WebSocketEndpoint({ subprotocols: ['b'] })
    const seen: unknown[] = []
    endpoint.on('open', ({ remoteAddress, info }, { socket }) => {
      seen.push(remoteAddress, info.remotePort, Reflect.get(socket, 'encrypted'))
    })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const head = [new Frame({ opcode: Opcode.Text, payload: 'early' })]
    const client = await inject(endpoint, {
      origin: 'https://localhost', subprotocols: ['a', 'b'], head, remoteAddress: '203.0.113.7', remotePort: 7, encrypted: true,
    })
    expect(client.subprotocol).toBe('b')
    expect(await client.next()).toBe('early')
    expect(seen).toEqual(['203.0.113.7', 7, true])
    await expect(inject(endpoint, { origin: 'http://localhost', encrypted: true })).rejects.toMatchObject({ status: 403 })
    await expect(inject(endpoint, { method: 'POST' })).rejects.toMatchObject({ status: 405 })
  })

  test('many at once', async () => {
    const endpoint = echo()
    const clients = await Promise.all(Array.from({ length: 50 }, () => inject(endpoint)))
    expect(endpoint.broadcast('all')).toBe(50)
    for (const client of clients) expect(await client.next()).toBe('all')
    await endpoint.close()
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: '', clean: true })
  })
})

describe('a server', () => {
  test('with endpoints by path, routes of a framework and another library', async () => {
    const server = createServer((_request, response) => response.end('page'))
    const [chat, routed] = [echo(), new WebSocketEndpoint<string>({ pushOnly: true })]
    chat.attach(server, { path: '/chat' })
    dispatchUpgrades(server, (request, response, done) => {
      if (request.url === '/routed') return routed.upgrade(request, response, { data: 'by a route' })
      return done()
    })
    new WebSocketServer({ server, path: '/foreign' }).on('connection', (socket) => { socket.send('foreign') })
    await using client = await inject(server, '/chat')
    client.send('hello')
    expect(await client.next()).toBe('hello')
    await inject(server, '/routed')
    expect([...routed.connections].map(({ data }) => data)).toEqual(['by a route'])
    expect(await (await inject(server, '/foreign')).next()).toBe('foreign')
    await expect(inject(server, '/nowhere')).rejects.toMatchObject({ status: 400 })
  })

  test('without any upgrade listener answers as it does to a plain request', async () => {
    const server = createServer((_request, response) => response.end('page'))
    await expect(inject(server)).rejects.toMatchObject({ status: 200, body: 'page' })
  })

  test('https: the socket stands for one behind its TLS handshake', async () => {
    const server = createSecureServer(certificate)
    echo().attach(server)
    const client = await inject(server, { origin: 'https://localhost' })
    client.send('secure')
    expect(await client.next()).toBe('secure')
  })

  test('plain requests by hand, two on one connection', async () => {
    const server = createServer((request, response) => response.end(request.url))
    const socket = injectSocket(server)
    let text = ''
    socket.on('data', (bytes) => { text += String(bytes) })
    socket.write('GET /one HTTP/1.1\r\nHost: x\r\n\r\n')
    socket.write('GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await settle(30)
    expect(text).toMatch(/\/one[^]*\/two/)
    expect(socket.readableEnded).toBe(true)
  })
})
