// SECURITY.md, "The opening handshake", as far as it arises through an endpoint. Nothing lost: other connections keep
// working, memory returns, and the application hears of it once, with a reason.
import { AsyncLocalStorage } from 'node:async_hooks'
import { type MockInstance, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { KEY, type RawPeer, connectRaw, dial, masked, request, upgradeRequest } from '../support/raw-peer.js'
import { type Served, serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

let warnings: MockInstance<typeof process.emitWarning>
beforeEach(() => { warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {}) })
afterEach(() => { warnings.mockRestore() })

async function stillWorks({ endpoint, port, opened }: Served<undefined>): Promise<void> {
  const count = opened.length
  await dial(port, { path: '/ok' })
  await until(() => opened.length === count + 1)
  expect(endpoint.stats().pendingHandshakes).toBe(0)
}

describe('RST, FIN or garbage while an asynchronous hook is working', () => {
  const faults: Record<string, (peer: RawPeer) => void> = {
    RST: (peer) => { peer.reset() },
    FIN: (peer) => { peer.socket.end() },
    'garbage, then RST': (peer) => { peer.socket.write('\x00garbage'.repeat(1_000)); setImmediate(() => peer.reset()) },
    'garbage, then FIN': (peer) => { peer.socket.write('\x00garbage'); peer.socket.end() },
  }
  test.each(Object.entries(faults))('%s: the result is dropped, one refused event, nothing leaks', async (_name, fault) => {
    const hook = gate()
    let began = false
    const served = await serve({ upgrade: async (handshake) => {
      if (handshake.request.url === '/ok') return handshake.accept()
      began = true
      await hook.promise
      return handshake.accept()
    } })
    const peer = await request(served.port)
    await until(() => began)
    fault(peer)
    await until(() => served.refusals.length === 1)
    hook.open()
    await turns()
    expect(served.refusals).toMatchObject([{ status: 0, code: 'WS_ERR_PEER_GONE' }])
    expect(served.opened).toEqual([])
    expect(served.errors).toEqual([])
    expect(served.endpoint.connections.size).toBe(0)
    await stillWorks(served)
  })

  test('garbage alone fails the connection once it is open: 1002', async () => {
    const served = await serve({ upgrade: async (handshake) => { await turns(3); return handshake.accept() } })
    const peer = await request(served.port, { extra: Buffer.from('GET / HTTP/1.1\r\n\r\n') })
    expect(await peer.closeFrame()).toMatchObject({ code: 1002 })
    expect(await served.closeEvent()).toMatchObject({ code: 1002, clean: false })
  })

  test('more than 64 KiB while the hook works stays in the kernel, and none of it is lost', async () => {
    const hook = gate()
    const { endpoint, port } = await serve({ upgrade: async (handshake) => { await hook.promise; return handshake.accept() } })
    const sizes: number[] = []
    endpoint.on('message', (_connection, message) => { sizes.push(message.length) })
    const peer = await request(port)
    for (let i = 0; i < 30; i++) peer.send(Buffer.alloc(100_000))
    await turns(20)
    hook.open()
    await until(() => sizes.length === 30)
    expect(new Set(sizes)).toEqual(new Set([100_000]))
  })

  test('RST in the very moment of the decision', async () => {
    const served = await serve({ upgrade: async (handshake) => {
      if (handshake.request.url !== '/ok') handshake.request.socket.destroy()
      await turns(handshake.request.url === '/1' ? 1 : 0)
      return handshake.accept()
    } })
    for (const path of ['/0', '/1']) await (await request(served.port, { path })).closed()
    await until(() => served.endpoint.stats().closed + served.refusals.length === 2)
    await stillWorks(served)
  })
})

describe('missing, repeated or empty fields', () => {
  const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`]
  const without = (name: string): string[] => lines.filter((line) => !line.startsWith(name))
  const cases: [string, string[], number][] = [
    ['no key', without('Sec-WebSocket-Key'), 400], ['no version', without('Sec-WebSocket-Version'), 400],
    ['an empty key', [...without('Sec-WebSocket-Key'), 'Sec-WebSocket-Key:'], 400], ['a short key', [...without('Sec-WebSocket-Key'), 'Sec-WebSocket-Key: YQ=='], 400],
    ['two keys', [...lines, `Sec-WebSocket-Key: ${KEY}`], 400], ['two hosts', [...lines, 'Host: evil.example'], 400], ['two origins', [...lines, 'Origin: http://localhost', 'Origin: http://evil.example'], 400],
    ['version 8', [...without('Sec-WebSocket-Version'), 'Sec-WebSocket-Version: 8'], 426], ['an empty protocol list', [...lines, 'Sec-WebSocket-Protocol:'], 400],
    ['a protocol that is no token', [...lines, 'Sec-WebSocket-Protocol: a b'], 400], ['broken extensions', [...lines, 'Sec-WebSocket-Extensions: x;;='], 400],
    ['a body', [...lines, 'Content-Length: 5'], 400],
  ]
  test.each(cases)('%s', async (_name, fields, status) => {
    const served = await serve()
    const peer = await connectRaw(served.port)
    peer.socket.write(`GET / HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`)
    await peer.refused()
    expect(peer.status).toBe(status)
    expect(peer.header('connection')).toMatch(/close/)
    expect(Number(peer.header('content-length'))).toBe(peer.body.length)
    if (status === 426) expect(peer.header('sec-websocket-version')).toBe('13')
    await stillWorks(served)
  })

  test('2,000 header fields', async () => {
    const served = await serve()
    served.server.maxHeadersCount = 0
    const peer = await connectRaw(served.port)
    peer.socket.write(upgradeRequest({ headers: Array.from({ length: 2_000 }, (_, i) => `A: ${i}`) }))
    await peer.answered()
    expect([101, 431]).toContain(peer.status)
    await stillWorks(served)
  })

  test('names like __proto__ and constructor are only names', async () => {
    const { port, connection } = await serve({ subprotocols: ['constructor'] })
    const peer = await dial(port, { headers: ['Sec-WebSocket-Protocol: __proto__, constructor', 'Sec-WebSocket-Extensions: __proto__; constructor=1; toString', '__proto__: x'] })
    expect(peer.header('sec-websocket-protocol')).toBe('constructor')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    await connection()
  })
})

test('64 KiB of adversarial extensions and protocols take linear time', async () => {
  const { createServer } = await import('node:http')
  const { WebSocketEndpoint } = await import('../../src/index.js')
  const { listen } = await import('../support/serve.js')
  const server = createServer({ maxHeaderSize: 300_000 })
  const endpoint = new WebSocketEndpoint({ pushOnly: true })
  endpoint.attach(server)
  const port = await listen(server)
  for (const value of ['a,'.repeat(32_768), 'a;b="'.repeat(13_000), `a;b="${'\\'.repeat(65_000)}`, ' \t'.repeat(32_000), `a${';x'.repeat(32_000)}`]) {
    for (const name of ['Extensions', 'Protocol']) {
      const begin = performance.now()
      const peer = await (await request(port, { headers: [`Sec-WebSocket-${name}: ${value}`] })).answered()
      expect([101, 400]).toContain(peer.status)
      expect(performance.now() - begin).toBeLessThan(1_000)
    }
  }
  await endpoint.close({ deadline: 1 })
  server.close()
})

describe('cross-site WebSocket hijacking', () => {
  const statusFor = async (served: Served<undefined>, ...headers: string[]): Promise<number> => (await (await request(served.port, { headers })).answered()).status

  test('same-origin by default; null is refused, an absent Origin is not', async () => {
    const served = await serve()
    expect(await statusFor(served)).toBe(101)
    expect(await statusFor(served, 'Origin: http://localhost')).toBe(101)
    expect(await statusFor(served, 'Origin: https://LOCALHOST:80')).toBe(403)
    expect(await statusFor(served, 'Origin: http://LOCALHOST:80')).toBe(101)
    for (const origin of ['http://evil.example', 'null', 'http://localhost:8080', 'http://localhost.evil.example', 'http://localhost@evil.example', 'file://', '', 'localhost']) {
      expect(await statusFor(served, `Origin: ${origin}`), origin).toBe(403)
    }
    expect(served.refusals.every(({ status, code }) => status === 403 && code === 'WS_ERR_ORIGIN')).toBe(true)
  })

  test('the scheme is compared where it is known: over TLS', async () => {
    const served = await serve({}, { secure: true })
    const status = async (origin: string) => (await (await request(served.port, { secure: true, headers: [`Origin: ${origin}`] })).answered()).status
    expect(await status('https://localhost')).toBe(101)
    expect(await status('http://localhost:443')).toBe(403)
  })

  test('any, a list, a function; a function that fails or promises lets nobody in', async () => {
    expect(await statusFor(await serve({ origins: 'any' }), 'Origin: http://evil.example')).toBe(101)
    const listed = await serve({ origins: ['https://app.example'] })
    expect(await statusFor(listed, 'Origin: https://app.example')).toBe(101)
    expect(await statusFor(listed, 'Origin: http://localhost')).toBe(403)
    const chosen = await serve({ origins: (origin) => origin === 'http://chosen.example' })
    expect(await statusFor(chosen, 'Origin: http://chosen.example')).toBe(101)
    expect(await statusFor(chosen)).toBe(403)
    for (const origins of [() => { throw new Error('mine') }, () => Promise.resolve(true), () => 1]) {
      const broken = await serve({ origins: origins as never })
      expect(await statusFor(broken, 'Origin: http://localhost')).toBe(500)
      expect(broken.errors.length).toBe(1)
    }
  })

  test('a refusal warns once per origin, naming Origin, Host and the option', async () => {
    const served = await serve({ name: 'chat' })
    for (let i = 0; i < 3; i++) await statusFor(served, 'Origin: http://evil.example')
    expect(warnings).toHaveBeenCalledTimes(1)
    for (const word of ['http://evil.example', 'localhost', 'origins', 'chat']) expect(String(warnings.mock.calls[0]![0])).toContain(word)
  })

  test('the hook is not even asked', async () => {
    const upgrade = vi.fn()
    await statusFor(await serve({ upgrade }), 'Origin: http://evil.example')
    expect(upgrade).not.toHaveBeenCalled()
  })

  test('allowedHosts, against DNS rebinding', async () => {
    const served = await serve({ allowedHosts: ['chat.example'] })
    expect(await statusFor(served)).toBe(403)
    expect(served.refusals).toMatchObject([{ code: 'WS_ERR_HOST' }])
  })
})

test('path confusion: the raw path is compared, never a normalised one', async () => {
  const { port } = await serve({}, { path: '/chat' })
  for (const path of ['/chat/', '//chat', '/Chat', '/%63hat', '/chat;x', '/./chat', '/x/../chat', '/chat%2f', '/chat#x', 'http://localhost/chat']) {
    const peer = await (await request(port, { path })).answered()
    expect(peer.status, path).not.toBe(101)
  }
  for (const path of ['/chat', '/chat?', '/chat?a=/x']) expect((await dial(port, { path })).status).toBe(101)
})

test('the same upgrade cannot be taken twice: two endpoints on one path are a usage error', async () => {
  const { server, endpoint } = await serve({}, { path: '/chat' })
  const { WebSocketEndpoint } = await import('../../src/index.js')
  expect(() => new WebSocketEndpoint().attach(server, { path: '/chat' })).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
  expect(() => endpoint.attach(server, { path: '/chat' })).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
})

test('an upgrade pipelined behind an unfinished response: no response byte among frames, no crash', async () => {
  const served = await serve()
  const answering = gate()
  served.server.on('request', (_request, response) => { void answering.promise.then(() => response.end('late')) })
  const peer = await connectRaw(served.port)
  peer.socket.write(`GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n${upgradeRequest()}`)
  await turns(10)
  answering.open()
  await peer.closed()
  expect(peer.head).toMatch(/^HTTP\/1\.1 200 /)
  expect(peer.head + peer.body).not.toContain(' 101 ')
  await stillWorks(served)
})

test('handlers run in the context of the upgrade', async () => {
  const storage = new AsyncLocalStorage<string>()
  const { endpoint, server, port } = await serve({ upgrade: async (handshake) => { await turns(1); return handshake.accept() } })
  const emit = server.emit.bind(server)
  server.emit = (event: string, ...values: unknown[]) => (event === 'upgrade' ? storage.run('upgrade', () => emit(event, ...values)) : emit(event, ...values))
  const seen: (string | undefined)[] = []
  endpoint.on('open', () => { seen.push(storage.getStore()) }).on('message', async () => { await turns(1); seen.push(storage.getStore()) })
    .on('close', () => { seen.push(storage.getStore()) })
  const client = await connectWs(port)
  client.socket.send('a')
  client.socket.send('b')
  client.socket.close()
  await until(() => seen.length === 4)
  expect(seen).toEqual(['upgrade', 'upgrade', 'upgrade', 'upgrade'])
})

test('frames that come early never reach a hook that refuses', async () => {
  const { endpoint, port } = await serve({ upgrade: async (handshake) => { await turns(2); return handshake.reject(401) } })
  const seen: unknown[] = []
  endpoint.on('message', (_connection, message) => { seen.push(message) })
  const peer = await request(port, { extra: masked('early') })
  await peer.refused()
  expect(peer.status).toBe(401)
  expect(seen).toEqual([])
})
