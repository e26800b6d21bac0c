// FEATURES A5, A18, A30: the application decides before the 101.
import { describe, expect, test } from 'vitest'
import type { Handshake } from '../../src/index.js'
import { acceptKey } from '../../src/handshake/accept-key.js'
import { KEY, dial, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

/** The decision at once, and after a while. */
const now = <T>(value: T): T => value
const later = async <T>(value: T): Promise<T> => { await turns(2); return value }

describe.each([['at once', now], ['later', later]] as const)('A5: the upgrade hook decides, %s', (_name, when) => {
  test('accept: data, headers and cookies', async () => {
    const { endpoint, port, connection } = await serve<{ user: string }>({
      upgrade: (handshake: Handshake) => when(handshake.accept({ user: handshake.request.headers.authorization ?? 'nobody' }, {
        headers: { 'Set-Cookie': ['a=1; HttpOnly', 'b=2'], 'X-Served-By': 'tocsin', 'X-Count': 7 },
      })),
    })
    const peer = await dial(port, { headers: ['Authorization: anna'] })
    expect((await connection()).data).toEqual({ user: 'anna' })
    expect(peer.headers('set-cookie')).toEqual(['a=1; HttpOnly', 'b=2'])
    expect([peer.header('x-served-by'), peer.header('x-count')]).toEqual(['tocsin', '7'])
    expect(peer.header('sec-websocket-accept')).toBe(acceptKey(KEY))
    expect(endpoint.stats()).toMatchObject({ accepted: 1, refused: 0 })
  })

  test('reject: status, headers and body of any kind', async () => {
    const bodies = { '/text': 'who are you?', '/json': { error: 'who are you?' }, '/bytes': Buffer.from('raw') }
    const { endpoint, port, opened } = await serve({
      upgrade: (handshake) => when(handshake.reject(401, { headers: { 'WWW-Authenticate': 'Bearer' }, body: bodies[handshake.request.url as '/text'] })),
    })
    const [text, json, bytes] = await Promise.all(Object.keys(bodies).map(async (path) => (await request(port, { path })).refused()))
    for (const peer of [text!, json!, bytes!]) {
      expect([peer.status, peer.header('www-authenticate'), peer.header('connection')]).toEqual([401, 'Bearer', 'close'])
      expect(Number(peer.header('content-length'))).toBe(Buffer.byteLength(peer.body))
    }
    expect([text!.body, text!.header('content-type')]).toEqual(['who are you?', 'text/plain; charset=utf-8'])
    expect(JSON.parse(json!.body)).toEqual({ error: 'who are you?' })
    expect(json!.header('content-type')).toMatch(/^application\/json/)
    expect(bytes!.body).toBe('raw')
    expect(opened).toEqual([])
    expect(endpoint.stats()).toMatchObject({ accepted: 0, refused: 3, pendingHandshakes: 0 })
  })

  test('respond: a response of its own; 101 establishes, open is not fired, a greeting can be deferred', async () => {
    const { endpoint, port, opened } = await serve<string>({
      upgrade: (handshake: Handshake) => when(handshake.respond({ status: 101, headers: { 'X-Own': 'yes', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': 'mine' }, data: 'own' })),
    })
    endpoint.on('message', (connection, message) => { connection.send(`${connection.data}: ${String(message)}`) })
    const client = await connectWs(port)
    expect(opened).toEqual([])
    const [connection] = [...endpoint.connections]
    expect(connection!.isEstablished).toBe(true)
    setImmediate(() => connection!.send('greeting'))
    expect(await client.received(1)).toEqual(['greeting'])
    client.socket.send('hello')
    expect((await client.received(2))[1]).toBe('own: hello')
  })

  test('respond: anything else refuses', async () => {
    const { port, refusals } = await serve({ upgrade: (handshake: Handshake) => when(handshake.respond({ status: 302, headers: { Location: '/login' } })) })
    const peer = await (await request(port)).refused()
    expect([peer.status, peer.header('location')]).toEqual([302, '/login'])
    expect(refusals).toMatchObject([{ status: 302, code: 'WS_REFUSED' }])
  })
})

describe('A5: what a hook knows', () => {
  test('the request, what was offered, and where it came from', async () => {
    const seen: unknown[] = []
    const { port } = await serve({ upgrade: (handshake) => {
      seen.push(handshake.request.url, handshake.subprotocols, handshake.remoteAddress, handshake.view.host)
      return handshake.accept()
    } })
    await connectWs(port, { path: '/x?y=1', subprotocols: ['b', 'a'] }).catch(() => {})
    expect(seen).toEqual(['/x?y=1', ['b', 'a'], '127.0.0.1', `127.0.0.1:${port}`])
  })
})

describe('A18: subprotocols', () => {
  const offers = async (options: object, ...offered: string[]): Promise<[number, string | undefined, string | undefined]> => {
    const { port, opened, errors } = await serve(options)
    const headers = offered.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${offered.join(', ')}`]
    const peer = await (await request(port, { headers })).answered()
    if (peer.status === 101) await until(() => opened.length === 1)
    else expect(errors.length).toBe(1)
    return [peer.status, peer.header('sec-websocket-protocol'), opened[0]?.subprotocol]
  }

  test('a list: the server\'s order of preference wins', async () => {
    expect(await offers({ subprotocols: ['v2', 'v1'] }, 'v1', 'v2')).toEqual([101, 'v2', 'v2'])
    expect(await offers({ subprotocols: ['v2', 'v1'] }, 'v1')).toEqual([101, 'v1', 'v1'])
  })

  test('never one that was not offered: without a match, none', async () => {
    expect(await offers({ subprotocols: ['v2'] }, 'v1')).toEqual([101, undefined, ''])
    expect(await offers({ subprotocols: ['v2'] })).toEqual([101, undefined, ''])
    expect(await offers({}, 'v1')).toEqual([101, undefined, ''])
    expect(await offers({ subprotocols: ['V1'] }, 'v1')).toEqual([101, undefined, ''])
  })

  test('a chooser', async () => {
    expect(await offers({ subprotocols: (offered: string[]) => offered.at(-1) }, 'a', 'b')).toEqual([101, 'b', 'b'])
    expect(await offers({ subprotocols: () => undefined }, 'a')).toEqual([101, undefined, ''])
    expect(await offers({ subprotocols: () => false }, 'a')).toEqual([101, undefined, ''])
    expect(await offers({ subprotocols: () => 'x' }, 'a')).toEqual([500, undefined, undefined])
    expect(await offers({ subprotocols: () => { throw new Error('mine') } }, 'a')).toEqual([500, undefined, undefined])
  })

  test('the decision of the hook replaces it', async () => {
    const upgrade = (handshake: Handshake) => handshake.accept(undefined, { subprotocol: 'b' })
    expect(await offers({ subprotocols: ['a'], upgrade }, 'a', 'b')).toEqual([101, 'b', 'b'])
    const own = (handshake: Handshake) => handshake.respond({ status: 101, headers: { 'sec-websocket-protocol': 'b' } })
    expect((await offers2(own, 'a', 'b')).slice(0, 2)).toEqual([101, 'b'])
  })

  async function offers2(upgrade: (handshake: Handshake) => unknown, ...offered: string[]): Promise<[number, string | undefined]> {
    const { port } = await serve({ upgrade: upgrade as never })
    const peer = await (await request(port, { headers: [`Sec-WebSocket-Protocol: ${offered.join(', ')}`] })).answered()
    return [peer.status, peer.header('sec-websocket-protocol')]
  }
})

describe('A30: port and address, also behind a proxy', () => {
  const forwarded = ['X-Forwarded-For: 1.1.1.1, 203.0.113.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: chat.example']

  test('a trusted proxy\'s word counts for address and origin', async () => {
    const { endpoint, port, connection } = await serve({ trustedProxies: ['loopback'] })
    const peer = await dial(port, { headers: [...forwarded, 'Origin: https://chat.example'] })
    const { remoteAddress, id } = await connection()
    expect(remoteAddress).toBe('203.0.113.7')
    expect(endpoint.connectionInfo(id)).toMatchObject({ remoteAddress: '203.0.113.7', remotePort: peer.socket.localPort, localPort: port })
    expect((await (await request(port, { headers: [...forwarded, 'Origin: http://chat.example'] })).refused()).status).toBe(403)
  })

  test('nobody else\'s does', async () => {
    const { port, connection } = await serve()
    await dial(port, { headers: forwarded })
    expect((await connection()).remoteAddress).toBe('127.0.0.1')
    expect((await (await request(port, { headers: [...forwarded, 'Origin: https://chat.example'] })).refused()).status).toBe(403)
  })
})
