// The client's side of the opening handshake, against servers that answer well and badly.
import { createHash } from 'node:crypto'
import { pack } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { type OpenOptions, openWebSocket, settle, transportPair } from '@tocsin/testing'

const OK = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: ACCEPT']

/** Opens against a server that answers with these bytes, and ends behind them if it is told to. */
async function open(answer: string | Buffer, options: OpenOptions & { readonly ends?: boolean } = {}) {
  const { client, server } = transportPair()
  server.on('data', (bytes: Buffer) => {
    const key = /^Sec-WebSocket-Key: (.*)$/im.exec(String(bytes))?.[1] ?? ''
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    server.write(Buffer.from(answer.toString('latin1').replace('ACCEPT', accept), 'latin1'))
    if (options.ends === true) server.end()
  })
  const opening = openWebSocket({ socket: client }, options)
  await opening.catch(() => settle())
  if (!(await opening.then(() => true, () => false))) expect(client.destroyed).toBe(true)
  return opening
}

function switching(...fields: string[]): string {
  return ['HTTP/1.1 101 Switching Protocols', ...fields, '', ''].join('\r\n')
}

describe('openWebSocket', () => {
  test('accepts a 101, and keeps the frames behind it', async () => {
    const frames = Buffer.concat([pack('one'), pack('two')]).toString('latin1')
    const client = await open(switching(...OK, 'X-A: 1', 'Sec-WebSocket-Protocol: b') + frames, { subprotocols: ['a', 'b'] })
    expect([client.status, client.headers['x-a'], client.subprotocol]).toEqual([101, '1', 'b'])
    expect([await client.next(), await client.next()]).toEqual(['one', 'two'])
  })

  test('a refusal rejects with the whole answer', async () => {
    const answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\nWWW-Authenticate: Basic\r\n\r\nwho'
    const refusal = { code: 'WS_ERR_REFUSED', status: 401, headers: { 'www-authenticate': 'Basic' }, body: 'who' }
    await expect(open(answer)).rejects.toMatchObject(refusal)
    await expect(open('HTTP/1.1 404 Not Found\r\n\r\nnone', { ends: true })).rejects.toMatchObject({ status: 404, body: 'none' })
  })

  test.each([
    ['no Upgrade', switching('Connection: Upgrade', 'Sec-WebSocket-Accept: ACCEPT'), 'Upgrade must be'],
    ['no Connection', switching('Upgrade: websocket', 'Sec-WebSocket-Accept: ACCEPT'), 'Connection must hold'],
    ['wrong Accept', switching('Upgrade: websocket', 'Connection: keep-alive, upgrade', 'Sec-WebSocket-Accept: x'), 'Sec-WebSocket-Accept'],
    ['an extension', switching(...OK, 'Sec-WebSocket-Extensions: permessage-deflate'), 'which was not offered'],
    ['a subprotocol', switching(...OK, 'Sec-WebSocket-Protocol: other'), 'a subprotocol'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'not a status line'],
  ])('RFC 6455 §4.1: a 101 with %s fails', async (_name, answer, message) => {
    await expect(open(answer)).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE_FAILED', message: expect.stringContaining(message) })
  })

  test('an end before, or inside of, the answer fails, and says which', async () => {
    await expect(open('', { ends: true })).rejects.toThrow('no byte came')
    await expect(open('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', { ends: true })).rejects.toThrow('a part of a response came')
    const { client, server } = transportPair()
    server.resume().once('data', () => server.resetAndDestroy())
    const failed = openWebSocket({ socket: client })
    await expect(failed).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE_FAILED', cause: { code: 'ECONNRESET' } })
  })

  test('silence fails after `handshakeTimeout`', async () => {
    await expect(open('', { handshakeTimeout: 20 })).rejects.toThrow('no answer to the handshake within 20 ms: no byte came')
  })
})
