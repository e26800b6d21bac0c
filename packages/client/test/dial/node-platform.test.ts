// Redirects and refusals, against servers by hand.
import type { Duplex } from 'node:stream'
import { settle, transportPair } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { WebSocketClient } from '../../src/index.js'
import { type RawOptions, rawServer } from '../support/raw-server.js'

const to = (location: string): string => `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`
const HEADERS = { Authorization: 'Bearer x', Cookie: 'a=1', 'X-Room': 'blue' }

async function redirected(location: string, options: RawOptions = {}) {
  const server = rawServer({ followRedirects: 1, headers: HEADERS, ...options })
  await settle()
  await server.peers[0]!.request()
  await server.peers[0]!.write(to(location))
  return server
}

describe('redirects', () => {
  it('are refusals by default', async () => {
    const { client, peers } = await redirected('ws://b.example/', { followRedirects: 0 })
    await expect(client.opened).rejects.toMatchObject({ code: 'WS_ERR_REFUSED', status: 302, headers: { location: 'ws://b.example/' } })
    await settle()
    expect([peers.length, peers[0]!.hasEnded]).toEqual([1, true])
  })

  it('are followed within an origin, with everything', async () => {
    const { client, peers } = await redirected('/other')
    const head = await peers[1]!.accept()
    expect(head).toMatch(/^GET \/other HTTP[^]*Authorization: Bearer x[^]*Cookie: a=1[^]*X-Room: blue/)
    await client.opened
  })

  it('across origins without credentials', async () => {
    const { peers } = await redirected('http://b.example/')
    const head = await peers[1]!.accept()
    expect(head).toMatch(/Host: b.example\r\n[^]*X-Room: blue/)
    expect(head).not.toMatch(/Authorization|Cookie/)
  })

  it('no more than allowed', async () => {
    const { client, peers } = await redirected('/other')
    await peers[1]!.write(to('/third'))
    await expect(client.opened).rejects.toMatchObject({ status: 302, headers: { location: '/third' } })
  })
})

it('a stream that comes too late is destroyed, and nobody is told', async () => {
  const { client: stream } = transportPair()
  let arrive: (stream: Duplex) => void = () => undefined
  const client = new WebSocketClient('ws://a/', { reconnect: false, connect: () => new Promise((resolve) => { arrive = resolve }) })
  let isTold = false
  client.on('connect', () => { isTold = true })
  await settle()
  await client.close()
  arrive(stream)
  await settle()
  expect([stream.destroyed, isTold]).toEqual([true, false])
})

describe('a handshake that fails', () => {
  it.each([
    ['Accept', { 'Sec-WebSocket-Accept': 'x' }, /§4.1\(4\)/],
    ['Upgrade', { Upgrade: undefined }, /§4.1\(2\)/],
    ['an extension that was not offered', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, /not offered/],
    ['a subprotocol', { 'Sec-WebSocket-Protocol': 'x' }, /§4.1\(6\)/],
  ])('by a wrong %s: the connection ends, without a frame', async (_, fields, message) => {
    const { client, peers } = rawServer()
    await settle()
    await peers[0]!.accept({ fields })
    await expect(client.opened).rejects.toThrow(message)
    expect([peers[0]!.hasEnded, await peers[0]!.frames()]).toEqual([true, []])
  })

  it('by bad window bits of a server that agrees to compression', async () => {
    const { client, peers } = rawServer({ compression: true })
    await settle()
    await peers[0]!.accept({ fields: { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover; client_max_window_bits=99' } })
    await expect(client.opened).rejects.toMatchObject({ name: 'ProtocolError', code: 'WS_ERR_EXTENSIONS' })
  })

  it('by what is no HTTP, however it is cut', async () => {
    const { client, peers } = rawServer()
    await settle()
    for (const byte of 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n') await peers[0]!.write(byte)
    await expect(client.opened).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
  })

  it('by an endless head: bounded', async () => {
    const { client, peers } = rawServer()
    await settle()
    for (let count = 0; count < 40 && client.readyState !== 3; count++) await peers[0]!.write(`X: ${'x'.repeat(1_000)}\r\n`.padStart(1_010, 'HTTP/1.1 101 X\r\n'))
    await expect(client.opened).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
  })

  it('the body of a refusal comes along, also when it is as long as the connection', async () => {
    const { client, peers } = rawServer()
    await settle()
    await peers[0]!.write('HTTP/1.1 403 Forbidden\r\n\r\nnot you')
    peers[0]!.socket.end()
    await expect(client.opened).rejects.toMatchObject({ status: 403, body: 'not you', message: 'the server refused the handshake: 403 Forbidden' })
  })
})
