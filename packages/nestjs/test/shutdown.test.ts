// C9: app.close() ends every connection with 1001, within its deadline.
import { Controller, Get } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { connect as connectTo, type TestClient } from '@tocsin/testing'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { Tocsin, TocsinModule } from '@tocsin/nestjs'
import { message, platforms, start } from './support/start.js'

@WebSocketGateway({ path: '/a' })
class A {
  @SubscribeMessage('echo') echo(_client: unknown, data: unknown): unknown { return { event: 'echo', data } }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe.each(platforms)('app.close() on platform-%s', (platform) => {
  test('1,000 connections get 1001', { timeout: 30_000 }, async () => {
    const { app, connect } = await start({ providers: [A] }, { platform, options: { deadline: 5_000 } })
    const clients: TestClient[] = []
    for (let i = 0; i < 1_000; i += 50) clients.push(...(await Promise.all(Array.from({ length: 50 }, () => connect('/a')))))
    const startedAt = performance.now()
    await app.close()
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    expect(new Set((await Promise.all(clients.map((client) => client.closed))).map(({ code }) => code))).toEqual(new Set([1001]))
  })

  test('a peer that does not answer is cut at the deadline', async () => {
    const { app, connect } = await start({ providers: [A] }, { platform, options: { deadline: 300 } })
    const client = await connect('/a', { answersClose: false })
    const startedAt = performance.now()
    await app.close()
    expect(performance.now() - startedAt).toBeGreaterThan(200)
    expect((await client.closed).code).toBe(1001)
  })

  test('what peers are told, and readiness: routes and new upgrades go on for the readinessDelay', async () => {
    @Controller()
    class Health {
      constructor(private readonly tocsin: Tocsin) {}
      @Get('ready') ready(): unknown { return { isReady: this.tocsin.isReady } }
    }
    const options = { code: 1012, reason: 'update', readinessDelay: 400, spread: 0 }
    const metadata = { imports: [TocsinModule.forRoot(options)], controllers: [Health], providers: [A] }
    const { app, connect, get } = await start(metadata, { platform })
    expect(await (await get('/ready')).json()).toEqual({ isReady: true })
    const clients = [await connect('/a')]
    const closed = app.close()
    await vi.waitFor(async () => { expect(await (await get('/ready')).json()).toEqual({ isReady: false }) }, { interval: 5 })
    clients.push(await connect('/a'))
    await closed
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1012, reason: 'update' })
  })

  test('an option of closing that cannot be is a usage error when the adapter is made', async () => {
    await expect(start({ providers: [A] }, { platform, options: { code: 1006 } })).rejects.toMatchObject({ code: 'WS_ERR_CLOSE_CODE' })
    await expect(start({ providers: [A] }, { platform, options: { spread: 501 } })).rejects.toMatchObject({ code: 'WS_ERR_INVALID_OPTION' })
  })

  test('a gateway on a port of its own: guards, params and shutdown are the same; the main port does not have it', async () => {
    const port = await freePort()
    @WebSocketGateway(port, { path: '/own/:room' })
    class Own {
      handleUpgrade({ params }: { params: { room: string } }): string {
        if (params.room === 'no') throw Object.assign(new Error('no'), { status: 403 })
        return params.room
      }
      handleConnection(connection: { data: string; send(text: string): void }): void { connection.send(message('room', connection.data)) }
    }
    @WebSocketGateway({ path: '/own/:room' })
    class Main {
      handleConnection(connection: { send(text: string): void }): void { connection.send(message('main')) }
    }
    const { app, connect, refusal } = await start({ providers: [Own, Main] }, { platform })
    const client = await connectTo({ port, path: '/own/blue' })
    expect(await client.nextJson()).toEqual({ event: 'room', data: 'blue' })
    await expect(connectTo({ port, path: '/own/no' })).rejects.toMatchObject({ status: 500 })
    await expect(connectTo({ port, path: '/nowhere' })).rejects.toMatchObject({ status: 404 })
    expect((await fetch(`http://127.0.0.1:${port}/own/blue`)).status).toBe(426)
    expect(await (await connect('/own/blue')).nextJson()).toEqual({ event: 'main' })
    expect((await refusal('/other')).status).toBe(404)
    await app.close()
    expect((await client.closed).code).toBe(1001)
    await expect(connectTo({ port, path: '/own/blue' })).rejects.toThrow('ECONNREFUSED')
  })
})
