// FEATURES A2, A3, A4, A35: the life of a connection as the application sees it, over real TCP.
import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from 'node:http'
import { WebSocketEndpoint } from '../../src/index.js'
import type { EndpointOptions } from '../../src/endpoint/options.js'
import { dial, masked, request } from '../support/raw-peer.js'
import { listen, serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

/** An endpoint with no handler but for errors. */
async function bare(options: EndpointOptions<undefined> = {}) {
  const errors: unknown[] = []
  const endpoint = new WebSocketEndpoint(options).on('error', (error) => { errors.push(error) })
  const server = createServer()
  endpoint.attach(server)
  const port = await listen(server)
  onTestFinished(() => { server.close() })
  return { endpoint, port, errors }
}

describe('A2: open', () => {
  test('comes after the 101, with the connection and the request', async () => {
    const { endpoint, port } = await serve()
    const seen: unknown[] = []
    endpoint.on('open', (connection, { url, headers }) => {
      seen.push(url, headers.cookie, connection.readyState, connection.isEstablished)
      connection.send('welcome')
    })
    const client = await connectWs(port, { path: '/chat?name=anna', headers: { cookie: 'a=1' } })
    expect(await client.received(1)).toEqual(['welcome'])
    expect(seen).toEqual(['/chat?name=anna', 'a=1', 1, true])
  })

  test('asynchronous: no message is dispatched, and none lost, before it settles', async () => {
    const { endpoint, port } = await serve()
    const opening = gate()
    const log: string[] = []
    endpoint.on('open', async () => { await opening.promise; log.push('open') }).on('message', (_connection, message) => { log.push(String(message)) })
    const client = await connectWs(port)
    for (let i = 0; i < 100; i++) client.socket.send(String(i))
    await until(() => endpoint.stats().messagesReceived >= 16)
    expect(log).toEqual([])
    opening.open()
    await until(() => log.length === 101)
    expect(log).toEqual(['open', ...Array.from({ length: 100 }, (_, i) => String(i))])
  })

  test('an iterator taken inside it gets the messages once, and handlers none', async () => {
    const { endpoint, port, closed } = await serve()
    const [pulled, pushed]: [unknown[], unknown[]] = [[], []]
    endpoint.on('open', async (connection) => {
      for await (const message of connection) {
        pulled.push(message)
        connection.send(`${String(message)}!`)
      }
      pulled.push('end')
    })
    endpoint.on('message', (_connection, message) => { pushed.push(message) })
    const client = await connectWs(port)
    client.socket.send('a')
    client.socket.send(Buffer.from('b'))
    expect(await client.received(2)).toEqual(['a!', 'b!'])
    client.socket.close(4000)
    await until(() => closed.length === 1)
    expect(pulled).toEqual(['a', Buffer.from('b'), 'end'])
    expect(pushed).toEqual([])
  })

  test('a second iterator, or one taken after a handler has received a message, is a usage error', async () => {
    const { endpoint, port, connection } = await serve()
    let heard = 0
    endpoint.on('message', () => { heard++ })
    await connectWs(port)
    const first = await connection()
    first[Symbol.asyncIterator]()
    expect(() => first[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_READ' }))
    const client = await connectWs(port)
    client.socket.send('a')
    await until(() => heard === 1)
    const second = await connection(1)
    expect(() => second[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_READ' }))
  })
})

describe('A3: message', () => {
  test('an endpoint without a message or open handler refuses: 500, and a usage error that says what to do', async () => {
    const { endpoint, port, errors } = await bare()
    const peer = await (await request(port)).refused()
    expect(peer.status).toBe(500)
    expect(errors).toMatchObject([{ name: 'UsageError', code: 'WS_ERR_NO_HANDLER', message: expect.stringContaining('pushOnly') as string }])
    endpoint.on('message', () => {})
    await dial(port)
  })

  test('unless it is declared push-only', async () => {
    const { endpoint, port } = await bare({ pushOnly: true })
    const peer = await dial(port)
    peer.send('ignored')
    expect(endpoint.broadcast('pushed')).toBe(1)
    await peer.frame(0)
    expect(peer.texts).toEqual(['pushed'])
  })

  test('fragments are one message; text is a string, binary a Buffer, and the kind is told', async () => {
    const { endpoint, port } = await serve()
    const seen: unknown[] = []
    endpoint.on('message', (_connection, message, kind) => { seen.push([message, kind]) })
    const client = await connectWs(port)
    client.socket.send('a', { fin: false })
    client.socket.send('b', { fin: false })
    client.socket.send('c', { fin: true })
    client.socket.send(Buffer.from([0, 255]))
    client.socket.send('')
    await until(() => seen.length === 3)
    expect(seen).toEqual([['abc', 'text'], [Buffer.from([0, 255]), 'binary'], ['', 'text']])
  })

  test('text as bytes, where the option says so', async () => {
    const { endpoint, port } = await serve({ text: 'bytes' })
    endpoint.on('message', (connection, message, kind) => { connection.send(message, { text: kind === 'text' }) })
    const client = await connectWs(port)
    client.socket.send('grüße')
    client.socket.send(Buffer.from('x'))
    expect(await client.received(2)).toEqual(['grüße', Buffer.from('x')])
  })

  test('invalid UTF-8 fails the connection with 1007', async () => {
    const { port, closeEvent } = await serve()
    const client = await connectWs(port)
    client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })
    expect(await client.closed()).toMatchObject({ code: 1007 })
    expect(await closeEvent()).toMatchObject({ code: 1007, clean: false, initiator: 'local' })
  })
})

describe('A4: close', () => {
  test('code, reason, whether it was clean, and who began', async () => {
    const { port, closed, connection } = await serve()
    const [byPeer, byUs, cut] = [await connectWs(port), await connectWs(port), await connectWs(port)]
    byPeer.socket.close(4001, 'done')
    await until(() => closed.length === 1);
    (await connection(1)).close(4002, 'enough')
    await until(() => closed.length === 2)
    cut.socket.terminate()
    await until(() => closed.length === 3)
    expect(closed).toMatchObject([
      { code: 4001, reason: 'done', clean: true, initiator: 'peer' },
      { code: 4002, clean: true, initiator: 'local' },
      { code: 1006, reason: '', clean: false, initiator: 'peer' },
    ])
    expect(await byUs.closed()).toEqual({ code: 4002, reason: 'enough' })
  })

  test('comes once, after every message, when the connection has left its topics, which stay readable', async () => {
    const { endpoint, port } = await serve()
    const log: unknown[] = []
    endpoint.on('open', (connection) => { connection.subscribe('room') })
    endpoint.on('message', async (_connection, message) => { await turns(2); log.push(message) })
    endpoint.on('close', (connection) => { log.push([...connection.topics], endpoint.topic('room').size, endpoint.exists(connection.id)) })
    const client = await connectWs(port)
    for (const message of ['a', 'b', 'c']) client.socket.send(message)
    client.socket.close()
    await until(() => log.length >= 6)
    expect(log).toEqual(['a', 'b', 'c', ['room'], 0, false])
  })
})

describe.each([['plain', false], ['TLS', true]])('A35: early data, %s', (_name, secure) => {
  test('frames in the segment of the handshake are delivered in order, after open', async () => {
    const { endpoint, port } = await serve({ upgrade: async (handshake) => { await turns(2); return handshake.accept() } }, { secure })
    const log: string[] = []
    endpoint.on('open', async () => { await turns(2); log.push('open') }).on('message', (_connection, message) => { log.push(String(message)) })
    const bytes = Buffer.concat([masked('a'), masked('b'), masked('c')])
    const peer = await dial(port, { secure, extra: bytes.subarray(0, -4) })
    peer.socket.write(bytes.subarray(-4))
    peer.send('d')
    await until(() => log.length === 5)
    expect(log).toEqual(['open', 'a', 'b', 'c', 'd'])
  })

  test('so are those that come while the hook thinks, and a synchronous one changes nothing', async () => {
    const thinking = gate()
    const { endpoint, port } = await serve({ upgrade: async (handshake) => { await thinking.promise; return handshake.accept() } }, { secure })
    const log: string[] = []
    endpoint.on('message', (_connection, message) => { log.push(String(message)) })
    const peer = await request(port, { secure, extra: masked('a') })
    for (const message of ['b', 'c']) { peer.send(message); await turns() }
    thinking.open()
    await until(() => log.length === 3)
    peer.send('d')
    await until(() => log.length === 4)
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    const direct = await serve({}, { secure })
    direct.endpoint.on('message', (_connection, message) => { log.push(String(message)) })
    await dial(direct.port, { secure, extra: masked('e') })
    await until(() => log.length === 5)
  })
})
