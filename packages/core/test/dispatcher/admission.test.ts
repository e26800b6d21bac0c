// The caps of a server: before anybody is asked, counted exactly, whatever becomes of an upgrade.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { diagnostics } from '../../src/diagnostics.js'
import { Admission } from '../../src/dispatcher/admission.js'
import type { PendingUpgrade } from '../../src/dispatcher/pending-upgrade.js'
import { limitServer } from '../../src/dispatcher/upgrade-dispatcher.js'
import { serializeResponse } from '../../src/handshake/response.js'
import { type RawClient, connect, delay, establish, start, takeAll, upgradeRequest, waitUntil } from './helpers.js'

async function limited(limits: Parameters<typeof limitServer>[1]) {
  const { server, dispatcher, port } = await start()
  const unlimit = limitServer(server, limits)
  const open = (path = '/', fields: string[] = []): Promise<RawClient> => connect(port, upgradeRequest(path, fields))
  const counts = (): unknown => { const { connections, pendingHandshakes, refused } = dispatcher.counts!; return [connections, pendingHandshakes, refused] }
  const counted = (...expected: number[]): Promise<void> => waitUntil(() => String(counts()) === String(expected), () => `${String(expected)}, not ${String(counts())}`)
  return { server, dispatcher, port, unlimit, open, counts, counted }
}

describe('over a cap', () => {
  test('503 with Retry-After, and nobody is asked: no handler, no framework, no foreign listener', async () => {
    const { server, dispatcher, open, counted } = await limited({ maxConnections: 1 })
    const asked: string[] = []
    dispatcher.attach('/', (upgrade) => { asked.push('handler'); return takeAll(upgrade) })
    dispatcher.dispatch((_request, _response, done) => { asked.push('framework'); done() })
    server.on('upgrade', () => { asked.push('foreign') })
    await (await open()).until('101')
    for (const path of ['/', '/other']) {
      const { status, text } = await (await open(path)).answer()
      expect([status, /^retry-after: 5\r$/im.test(text), /^connection: close\r$/im.test(text)]).toEqual([503, true, true])
    }
    expect(asked).toEqual(['handler'])
    await counted(1, 0, 2)
  })

  test('plain requests and other protocols are not concerned', async () => {
    const { server, dispatcher, port, open } = await limited({ maxConnections: 1 })
    server.on('request', (_request, response) => response.end('page'))
    dispatcher.attach('/', takeAll)
    await (await open()).until('101')
    await (await connect(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')).until('page')
    await (await connect(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).until('page')
  })

  test('it holds until it is taken back', async () => {
    const { dispatcher, unlimit, open } = await limited({ maxConnections: 1 })
    dispatcher.attach('/', takeAll)
    await (await open()).until('101')
    expect((await (await open()).answer()).status).toBe(503)
    unlimit()
    await (await open()).until('101')
  })

  test('is told on two channels', async () => {
    const { dispatcher, open } = await limited({ maxConnections: 1 })
    const told: unknown[] = []
    const listen = (message: unknown): void => void told.push(message)
    for (const name of ['tocsin:limit', 'tocsin:refused']) subscribe(name, listen)
    onTestFinished(() => { for (const name of ['tocsin:limit', 'tocsin:refused']) unsubscribe(name, listen) })
    expect(diagnostics.limit.hasSubscribers).toBe(true)
    dispatcher.attach('/', takeAll)
    await (await open()).until('101')
    await (await open('/x')).answer()
    expect(told).toEqual([
      { limit: 'maxConnections', action: 'refuse', connection: undefined, remoteAddress: '127.0.0.1' },
      expect.objectContaining({ endpoint: undefined, status: 503, code: 'WS_ERR_MAX_CONNECTIONS', request: expect.objectContaining({ url: '/x' }) as object }),
    ])
  })
})

describe('an upgrade is counted until its socket closes, whatever becomes of it', () => {
  const refuse = (upgrade: PendingUpgrade): boolean => {
    upgrade.claim()
    upgrade.refuse(serializeResponse({ status: 401 }))
    return true
  }

  test.each<[string, (upgrade: PendingUpgrade) => boolean]>([
    ['upgraded', takeAll], ['refused at once', refuse], ['not taken by anybody', () => false],
    ['refused later', (upgrade) => { upgrade.claim(); setTimeout(() => upgrade.refuse(serializeResponse({ status: 401 })), 5); return true }],
    ['cut while it was asked for', (upgrade) => { upgrade.socket.destroy(); return true }],
    ['a handler that throws', () => { throw new Error('deliberate') }],
  ])('%s', async (_name, handler) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => { vi.restoreAllMocks() })
    const { dispatcher, open, counted } = await limited({ maxConnections: 3 })
    dispatcher.attach('/', handler)
    const clients = await Promise.all([open(), open(), open()])
    await waitUntil(() => clients.every(({ text, hasEnded }) => hasEnded || text.includes('\r\n\r\n')))
    for (const { socket } of clients) socket.destroy()
    await counted(0, 0, 0)
    await Promise.all([open(), open(), open()])
  })

  test('given to a foreign listener: it stays counted as a connection, and is not pending any more', async () => {
    const { server, open, counted } = await limited({ maxConnections: 1 })
    server.on('upgrade', (_request, socket) => { socket.on('error', () => {}); socket.on('end', () => socket.end()); socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'); socket.resume() })
    const client = await open()
    await client.until('101')
    await counted(1, 0, 0)
    expect((await (await open()).answer()).status).toBe(503)
    client.socket.destroy()
    await counted(0, 0, 1)
  })

  test.each<[string, (client: RawClient) => unknown]>([
    ['RST', ({ socket }) => socket.resetAndDestroy()], ['FIN', ({ socket }) => socket.end()],
  ])('pending when its peer goes by %s', async (_how, leave) => {
    const { dispatcher, open, counted } = await limited({ maxPendingHandshakes: 1 })
    dispatcher.attach('/', (upgrade) => { upgrade.claim(); return true })
    const client = await open()
    await counted(1, 1, 0)
    expect((await (await open()).answer()).status).toBe(503)
    leave(client)
    await counted(0, 0, 1)
    await open()
    await counted(1, 1, 1)
  })

  test('pending only until it is decided', async () => {
    const { dispatcher, open, counted } = await limited({ maxPendingHandshakes: 1 })
    const held: PendingUpgrade[] = []
    dispatcher.attach('/', (upgrade) => { upgrade.claim(); held.push(upgrade); return true })
    await open()
    await counted(1, 1, 0)
    establish(held[0]!)
    await counted(1, 0, 0)
    await open()
    await counted(2, 1, 0)
  })

  test('one behind an unfinished response is never upgraded, and not counted', async () => {
    const { server, dispatcher, port, counts } = await limited({ maxConnections: 1 })
    let finish = (): void => {}
    server.on('request', (_request, response) => { finish = () => response.end('slow') })
    dispatcher.attach('/', takeAll)
    const client = await connect(port, `GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${upgradeRequest()}`)
    await delay(20)
    expect(counts()).toEqual([0, 0, 0])
    finish()
    await client.until('400')
  })

  test('a socket that has closed before its upgrade came is counted for no time at all', () => {
    const socket = new Duplex({ read() {} })
    Object.defineProperty(socket, 'closed', { value: true })
    const admission = new Admission()
    expect(admission.admit({ request: { headers: {}, socket } as never, socket, head: Buffer.alloc(0) })).toBe(true)
    expect(admission.counts).toEqual({ connections: 0, pendingHandshakes: 1, refused: 0 })
  })
})

describe('per address', () => {
  const via = (address: string): string[] => [`X-Forwarded-For: ${address}`]

  test('the address that a trusted proxy states; an IPv6 network counts as one', async () => {
    const { dispatcher, open } = await limited({ maxConnectionsPerAddress: 1, trustedProxies: ['loopback'] })
    dispatcher.attach('/', takeAll)
    await (await open('/', via('203.0.113.7'))).until('101')
    await (await open('/', via('203.0.113.8'))).until('101')
    expect((await (await open('/', via('203.0.113.7'))).answer()).status).toBe(503)
    await (await open('/', via('2001:db8:0:1::1'))).until('101')
    expect((await (await open('/', via('2001:db8:0:1:ffff::2'))).answer()).status).toBe(503)
    await (await open('/', via('2001:db8:0:2::1'))).until('101')
    await (await open('/', ['Forwarded: for="[2001:db8:0:3::1]:4711"'])).until('101')
    expect((await (await open('/', ['Forwarded: for="[2001:db8:0:3::2]"'])).answer()).status).toBe(503)
  })

  test('nobody else\'s word counts', async () => {
    const { dispatcher, open } = await limited({ maxConnectionsPerAddress: 1 })
    dispatcher.attach('/', takeAll)
    await (await open('/', via('203.0.113.7'))).until('101')
    expect((await (await open('/', via('203.0.113.8'))).answer()).status).toBe(503)
  })

  test('there is room again when a connection of that address ends, and only then', async () => {
    const { dispatcher, open, counted } = await limited({ maxConnectionsPerAddress: 2, trustedProxies: ['loopback'] })
    dispatcher.attach('/', takeAll)
    const clients = [await open('/', via('203.0.113.7')), await open('/', via('203.0.113.7')), await open('/', via('203.0.113.9'))]
    for (const client of clients) await client.until('101')
    clients[2]!.socket.destroy()
    await counted(2, 0, 0)
    expect((await (await open('/', via('203.0.113.7'))).answer()).status).toBe(503)
    clients[0]!.socket.destroy()
    await counted(1, 0, 1)
    await (await open('/', via('203.0.113.7'))).until('101')
  })

  test('an address is forgotten with its last connection, not before', async () => {
    const { dispatcher, open, counted } = await limited({ maxConnectionsPerAddress: 3 })
    dispatcher.attach('/', takeAll)
    const clients = [await open(), await open(), await open()]
    for (const client of clients) await client.until('101')
    for (const left of [2, 1]) {
      clients[left]!.socket.destroy()
      await counted(left, 0, 0)
    }
    await (await open()).until('101')
    await (await open()).until('101')
    expect((await (await open()).answer()).status).toBe(503)
  })

  const arrival = (remoteAddress: string | undefined) => {
    const socket = Object.assign(new Duplex({ read() {}, write(_chunk, _encoding, done) { done() } }), { remoteAddress })
    return { request: { headers: {}, socket } as never, socket, head: Buffer.alloc(0) }
  }
  const admitted = (admission: Admission, address: string | undefined, count: number): number => {
    let taken = 0
    for (let i = 0; i < count; i++) if (admission.admit(arrival(address))) { taken++; admission.settled() }
    return taken
  }

  test('by default 1,000 of a public address; none of loopback, private and link-local ones, and of sockets without an address', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    onTestFinished(() => { warn.mockRestore() })
    const admission = new Admission()
    for (const address of ['127.0.0.1', '10.0.0.7', '::1', 'fe80::1', undefined]) expect(admitted(admission, address, 1_500)).toBe(1_500)
    expect(warn).not.toHaveBeenCalled()
    expect(admitted(admission, '203.0.113.7', 1_010)).toBe(1_000)
    expect(admitted(admission, '203.0.113.8', 1)).toBe(1)
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/203\.0\.113\.7.*maxConnectionsPerAddress.*trustedProxies/), { type: 'TocsinWarning', code: 'WS_WARN_SERVER_LIMIT' }]])
  })

  test('a number that is set holds for all of them, without a warning; not for sockets without an address', () => {
    const warn = vi.spyOn(process, 'emitWarning')
    onTestFinished(() => { warn.mockRestore() })
    const admission = new Admission()
    admission.limits.add({ maxConnectionsPerAddress: 3 })
    expect(['127.0.0.1', '10.0.0.7', '203.0.113.7', undefined].map((address) => admitted(admission, address, 5))).toEqual([3, 3, 3, 5])
    expect(warn).not.toHaveBeenCalled()
  })

  test('by default 2,000 handshakes may be pending, with a warning once', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    onTestFinished(() => { warn.mockRestore() })
    const admission = new Admission()
    const outcomes = Array.from({ length: 2_005 }, () => admission.admit(arrival('127.0.0.1')))
    expect(outcomes.filter(Boolean)).toHaveLength(2_000)
    expect(warn.mock.calls).toEqual([[expect.stringContaining('maxPendingHandshakes (2000)'), expect.anything()]])
  })
})

test('limits of several callers on one server, and a dispatcher that is too old for any', async () => {
  const { server, dispatcher } = await limited({ maxConnections: 1 })
  expect(() => limitServer(server, { maxConnections: 2 })).toThrow(expect.objectContaining({ code: 'WS_ERR_LIMITS_CONFLICT' }))
  limitServer(server, { maxConnections: 1 })()
  const old = Object.defineProperty(new Server(), Symbol.for('tocsin.upgrade.1'), { value: { ...dispatcher, limit: undefined } })
  expect(() => limitServer(old, { maxConnections: 2 })).toThrow(expect.objectContaining({ code: 'WS_ERR_OLD_DISPATCHER' }))
  expect(() => limitServer(old, { handshakeTimeout: 5 })()).not.toThrow()
})
