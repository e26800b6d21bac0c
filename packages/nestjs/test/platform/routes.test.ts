// C1: gateways and pages on one application: the same path, catch-alls, prefixes, versions, other libraries.
import { Controller, Get, VersioningType } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import type { IncomingMessage, Server } from 'node:http'
import { describe, expect, test } from 'vitest'
import { message, platforms, start } from '../support/start.js'

@Controller()
class Pages {
  @Get() home(): string { return 'the page' }
  @Get('*') fallback(): string { return 'the fallback' }
}

@WebSocketGateway()
class RootGateway {
  @SubscribeMessage('ping') ping(): unknown { return { event: 'pong', data: 'root' } }
}

@WebSocketGateway({ path: 'chat' })
class ChatGateway {
  @SubscribeMessage('ping') ping(): unknown { return { event: 'pong', data: 'chat' } }
}

@WebSocketGateway({ path: '/chat' })
class SecondChatGateway {
  @SubscribeMessage('pong') pong(): unknown { return { event: 'ping', data: 'second' } }
  @SubscribeMessage('ping') ping(): unknown { return { event: 'pong', data: 'second' } }
  handleUpgrade(): unknown { return { decided: 'by the second' } }
  handleConnection(connection: Connection): void { connection.send(JSON.stringify(connection.data)) }
}

describe.each(platforms)('routes on platform-%s', (platform) => {
  test('a page and a gateway on one path; a fallback page takes no upgrade of a gateway', async () => {
    const { connect, get } = await start({ controllers: [Pages], providers: [RootGateway, ChatGateway] }, { platform })
    for (const [path, data] of [['/', 'root'], ['/?query=1', 'root'], ['/chat', 'chat']] as const) {
      const client = await connect(path)
      client.send(message('ping'))
      expect(await client.nextJson()).toEqual({ event: 'pong', data })
    }
    expect(await (await get('/')).text()).toBe('the page')
    // Express asks in order of registration, Fastify by what fits best
    const plain = await get('/chat')
    const expected = platform === 'express' ? [200, 'the fallback'] : [426, 'This address speaks WebSocket only.\n']
    expect([plain.status, await plain.text()]).toEqual(expected)
  })

  test('several gateways on one path share its connections; each handles its own events, and one decides', async () => {
    const { connect, app } = await start({ providers: [ChatGateway, SecondChatGateway] }, { platform })
    expect(app.get(ChatGateway)).toBeDefined()
    const client = await connect('/chat')
    expect(await client.nextJson()).toEqual({ decided: 'by the second' })
    client.send(message('pong'))
    expect(await client.nextJson()).toEqual({ event: 'ping', data: 'second' })
    client.send(message('ping'))
    const answers = [await client.nextJson(), await client.nextJson()] as { data: string }[]
    expect(answers.map(({ data }) => data).sort()).toEqual(['chat', 'second'])
  })

  test('two gateways on one path that both decide are a usage error', async () => {
    class Third extends SecondChatGateway {}
    WebSocketGateway({ path: '/chat' })(Third)
    await expect(start({ providers: [SecondChatGateway, Third] }, { platform })).rejects.toMatchObject({ code: 'WS_ERR_TWO_DECISIONS' })
  })

  test('global prefix and versions do not move a gateway', async () => {
    const { connect, get } = await start({ controllers: [Pages], providers: [ChatGateway] }, {
      platform,
      prepare: (app) => { app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }) },
    })
    await connect('/chat')
    expect((await get('/api/v1')).status).toBe(200)
  })

  test('another library on the same server; `ignore` keeps its upgrades out of the middleware', async () => {
    const seen: unknown[] = []
    const ignore = ({ url }: IncomingMessage): boolean => url === '/ignored'
    const { app, connect, refusal } = await start({ providers: [ChatGateway] }, {
      platform,
      options: { ignore },
      prepare: (created) => { created.use((request: IncomingMessage, _response: unknown, next: () => void) => { seen.push(request.url); next() }) },
    })
    ;(app.getHttpServer() as Server).on('upgrade', (request, socket) => {
      socket.end(`HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nX-Url: ${request.url}\r\nConnection: close\r\n\r\n`)
    })
    for (const path of ['/ignored', '/theirs']) expect(await refusal(path)).toMatchObject({ status: 418, headers: { 'x-url': path } })
    await connect('/chat')
    expect(seen).toEqual(['/theirs', '/chat'])
  })

  test('an application without a gateway, or without a controller', async () => {
    const pages = await start({ controllers: [Pages] }, { platform })
    expect((await pages.get('/')).status).toBe(200)
    const sockets = await start({ providers: [ChatGateway] }, { platform })
    await sockets.connect('/chat')
    expect((await sockets.get('/chat')).status).toBe(426)
    expect((await sockets.get('/nowhere')).status).toBe(404)
  })
})
