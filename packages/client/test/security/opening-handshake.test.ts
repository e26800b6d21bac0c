// What a hostile server, or a hostile value in the client's own options, must not do to an opening handshake (RFC 6455 §4.1, §10).
import { settle, virtualClock } from '@tocsin/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketClient } from '../../src/index.js'
import { type RawOptions, rawServer } from '../support/raw-server.js'

async function asked(options: RawOptions = {}) {
  const server = rawServer({ pingInterval: false, ...options })
  await settle()
  return { ...server, peer: server.peers[0]! }
}

async function failsWith(fields: Record<string, string | string[] | undefined>, options: RawOptions = {}, statusLine?: string) {
  const { client, peer } = await asked(options)
  await peer.accept({ fields, ...(statusLine !== undefined && { statusLine }) })
  const error = await client.opened.then(() => undefined, (reason: unknown) => reason)
  // It is over, and not a frame was sent: before it is open there is nobody to say Close to.
  expect([client.readyState, peer.hasEnded, await peer.frames()]).toEqual([3, true, []])
  return error
}

afterEach(() => settle())

describe('a 101 that does not answer this handshake', () => {
  it.each([
    ['the key of another one', { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }],
    ['no key', { 'Sec-WebSocket-Accept': undefined }],
    ['two answers', { 'Sec-WebSocket-Accept': ['x', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='] }],
    ['no Upgrade', { Upgrade: undefined }],
    ['another Upgrade', { Upgrade: 'h2c' }],
    ['no Connection', { Connection: undefined }],
    ['another Connection', { Connection: 'keep-alive' }],
  ])('%s', async (_, fields) => {
    expect(await failsWith(fields)).toMatchObject({ name: 'ProtocolError' })
  })

  it.each(['HTTP/1.0 101 Switching Protocols', 'HTTP/2 101 X', 'http/1.1 101 X', 'HTTP/1.1 0101 X'])('%s', async (statusLine) => {
    expect(await failsWith({}, {}, statusLine)).toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
  })
})

describe('what was not asked for', () => {
  it('an extension', async () => {
    expect(await failsWith({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })).toMatchObject({ name: 'ProtocolError' })
    expect(await failsWith({ 'Sec-WebSocket-Extensions': 'x-webkit-deflate-frame' }, { compression: true })).toMatchObject({ name: 'ProtocolError' })
  })

  it('a subprotocol, or two of them', async () => {
    for (const wrong of ['chat', 'a, b', '']) {
      expect(await failsWith({ 'Sec-WebSocket-Protocol': wrong }, { subprotocols: ['a', 'b'] })).toMatchObject({ name: 'ProtocolError' })
    }
  })

  it.each([
    'client_max_window_bits=7', 'client_max_window_bits=16', 'client_max_window_bits=08', 'client_max_window_bits=', 'client_max_window_bits=x',
    'client_max_window_bits=99999999999999999999', 'server_max_window_bits=7', 'server_max_window_bits=16', 'server_max_window_bits', 'server_max_window_bits=9; server_max_window_bits=9',
    'server_no_context_takeover=1', 'unknown', 'client_no_context_takeover; client_no_context_takeover',
  ])('permessage-deflate with %s', async (parameters) => {
    expect(await failsWith({ 'Sec-WebSocket-Extensions': `permessage-deflate; ${parameters}` }, { compression: true })).toMatchObject({ name: 'ProtocolError' })
  })

  it('permessage-deflate twice', async () => {
    expect(await failsWith({ 'Sec-WebSocket-Extensions': 'permessage-deflate, permessage-deflate' }, { compression: true })).toMatchObject({ name: 'ProtocolError' })
  })
})

describe('CR and LF', () => {
  it.each([
    ['a header\'s value', { headers: { 'X-A': 'a\r\nX-Evil: 1' } }],
    ['a header\'s name', { headers: { 'X-A: a\r\nX-Evil': '1' } }],
    ['one value of several', { headers: { 'X-A': ['a', 'b\r\nX-Evil: 1'] } }],
    ['the origin', { origin: 'https://a\r\nX-Evil: 1' }],
    ['a subprotocol', { subprotocols: ['a\r\nX-Evil: 1'] }],
  ])('in %s: nothing is sent', async (_, options) => {
    let error: unknown
    try {
      const { client, peers } = rawServer(options)
      error = await client.opened.catch((reason: unknown) => reason)
      expect(peers).toEqual([])
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ name: 'UsageError' })
  })

  it('in headers that a function gives: nothing is sent, and nobody tries again', async () => {
    const { client, peers } = rawServer({ reconnect: true, headers: async () => ({ Authorization: 'Bearer x\r\nX-Evil: 1' }) })
    await expect(client.opened).rejects.toMatchObject({ name: 'UsageError' })
    expect(peers).toEqual([])
  })

  it.each(['ws://a/x\r\nX-Evil: 1', 'ws://a/?q=\r\nX-Evil: 1', 'ws://u:p%0d%0aX-Evil%3a1@a/'])('in the URL %j: it stays one request line', async (url) => {
    const head = await (await asked({ url })).peer.request()
    expect(head).not.toMatch(/^X-Evil/m)
    expect(head.split('\r\n')[0]).toMatch(/^GET \/\S* HTTP\/1\.1$/)
  })

  it.each(['X-A: a\rX-B: b', 'X-A: a\n Set-Cookie: b', ' X-A: folded', 'X A: b', ': b', 'X-A : b', 'X-A: a\0b'])('in the answer, %j is no field', async (line) => {
    const { client, peer } = await asked()
    await peer.write(`HTTP/1.1 101 X\r\nUpgrade: websocket\r\n${line}\r\n\r\n`)
    await expect(client.opened).rejects.toMatchObject({ name: 'ProtocolError' })
  })
})

describe('redirects', () => {
  const HEADERS = { Authorization: 'Bearer x', Cookie: 'a=1', 'Proxy-Authorization': 'Basic x', 'X-Room': 'blue' }

  async function redirected(url: string, location: string, options: RawOptions = {}) {
    const server = await asked({ url, headers: HEADERS, followRedirects: 3, ...options })
    await server.peer.request()
    await server.peer.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`)
    return server
  }

  it.each(['ws://evil.example/', 'http://server.example:81/', '//evil.example/'])('to %s go without credentials, those of the URL included', async (location) => {
    const { peers } = await redirected('ws://ada:pw@server.example/', location)
    const head = await peers[1]!.request()
    expect(head).toContain('X-Room: blue')
    expect(head).not.toMatch(/^(Proxy-)?Authorization|^Cookie|ada:pw|YWRhOnB3/im)
  })

  it('do not get the credentials back by returning', async () => {
    const { peers } = await redirected('ws://server.example/', 'ws://evil.example/')
    await peers[1]!.request()
    await peers[1]!.write('HTTP/1.1 302 Found\r\nLocation: ws://server.example/again\r\nContent-Length: 0\r\n\r\n')
    expect(await peers[2]!.request()).not.toMatch(/^(Proxy-)?Authorization|^Cookie/im)
  })

  it('in a circle end', async () => {
    const { client, peers } = await redirected('ws://server.example/', '/')
    for (let count = 1; count <= 3; count++) await peers[count]!.write('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n')
    await expect(client.opened).rejects.toMatchObject({ status: 302 })
    expect(peers).toHaveLength(4)
  })

  it.each(['file:///etc/passwd', 'javascript:1', 'ftp://server.example/', 'data:,x'])('do not lead to %s', async (location) => {
    const { client, peers } = await redirected('ws://server.example/', location)
    await expect(client.opened).rejects.toMatchObject({ status: 302 })
    expect(peers).toHaveLength(1)
  })
})

describe('answers without end', () => {
  /** Writes until the client has had enough. @returns the bytes that it took */
  async function flood(begin: string, piece: string) {
    const { client, peer } = await asked({ capacity: 1 << 16 })
    await peer.write(begin)
    let written = begin.length
    while (client.readyState !== 3 && written < 10_000_000) {
      await peer.write(piece)
      written += piece.length
    }
    return { written, error: await client.opened.then(() => undefined, (reason: unknown) => reason) }
  }

  it('a head ends at 16 KiB', async () => {
    const { written, error } = await flood('HTTP/1.1 101 X\r\n', `X-A: ${'a'.repeat(1_000)}\r\n`)
    expect(error).toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
    expect(written).toBeLessThan(32_768)
  })

  it('interim responses end at 16 KiB', async () => {
    const { written, error } = await flood('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(20))
    expect(error).toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
    expect(written).toBeLessThan(32_768)
  })

  it.each([
    ['with a length', 'HTTP/1.1 401 No\r\nContent-Length: 1000000000\r\n\r\n', 'x'.repeat(1_000)],
    ['without one', 'HTTP/1.1 401 No\r\n\r\n', 'x'.repeat(1_000)],
    ['in chunks', 'HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n', `3e8\r\n${'x'.repeat(1_000)}\r\n`],
  ])('the body of a 401 %s ends at 64 KiB, and the refusal is told', async (_, head, piece) => {
    const { written, error } = await flood(head, piece)
    expect(error).toMatchObject({ code: 'WS_ERR_REFUSED', status: 401, body: expect.stringMatching(/^x{65536}$/) as string })
    expect(written).toBeLessThan(80_000)
  })

  it.each([['a head', 'HTTP/1.1 101 X\r\n', 'X'], ['a body', 'HTTP/1.1 401 No\r\nContent-Length: 1000\r\n\r\n', 'x'], ['nothing at all', '', '']])('%s that trickles in ends with handshakeTimeout, not with each byte anew', async (_, begin, piece) => {
    const clock = virtualClock()
    const { client, peer } = await asked({ clock, handshakeTimeout: 10_000 })
    await peer.write(begin)
    for (let second = 0; second < 9; second++) {
      await clock.advanceAsync(1_000)
      await peer.write(piece)
    }
    expect(client.readyState).toBe(0)
    await clock.advanceAsync(1_000)
    expect([client.readyState, peer.hasEnded]).toEqual([3, true])
    await expect(client.opened).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE_TIMEOUT' })
  })
})

it('a URL cannot lead elsewhere than it says', () => {
  for (const url of ['ws://', 'file:///etc/passwd', 'ws://a:99999/', 'ws://a/#b', 'ws://[::1/', 'javascript:1']) {
    expect(() => new WebSocketClient(url)).toThrow(expect.objectContaining({ name: 'UsageError' }))
  }
})
