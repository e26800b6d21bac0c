// A30 and SECURITY, cross-site: address, host and scheme as the platform sees them behind a proxy that it trusts.
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Module, type INestApplication } from '@nestjs/common'
import { WebSocketGateway } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import { connect, type TestClient } from '@tocsin/testing'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TocsinAdapter } from '@tocsin/nestjs'
import { platforms, type PlatformName } from '../support/start.js'

const FORWARDED = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'chat.example', 'X-Forwarded-Proto': 'https' }

@WebSocketGateway({ path: '/address' })
class AddressGateway {
  handleConnection(connection: Connection): void { connection.send(String(connection.remoteAddress)) }
}

@Module({ providers: [AddressGateway] })
class AppModule {}

async function create(platform: PlatformName, trust: string | false): Promise<INestApplication> {
  if (platform === 'fastify') return NestFactory.create(AppModule, new FastifyAdapter({ trustProxy: trust }), { logger: false })
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ExpressAdapter(), { logger: false })
  app.set('trust proxy', trust)
  return app
}

type OpenFrom = (origin: string, headers?: Record<string, string>) => Promise<TestClient>

async function open(platform: PlatformName, trust: string | false): Promise<OpenFrom> {
  const app = await create(platform, trust)
  app.useWebSocketAdapter(new TocsinAdapter(app))
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  const { port } = app.getHttpServer().address() as AddressInfo
  return (origin, headers = FORWARDED) => connect({ port, path: '/address', origin: origin.replace('PORT', String(port)), headers })
}

describe.each(platforms)('platform-%s', (platform) => {
  test('behind a trusted proxy', async () => {
    const openFrom = await open(platform, 'loopback')
    expect(await (await openFrom('https://chat.example')).next()).toBe('203.0.113.9')
    for (const foreign of ['http://chat.example', 'https://evil.example', 'http://127.0.0.1:PORT']) {
      await expect(openFrom(foreign)).rejects.toMatchObject({ status: 403 })
    }
    const { 'X-Forwarded-Proto': _protocol, ...unknown } = FORWARDED
    await openFrom('https://chat.example', unknown)
  })

  test.each([['10.0.0.0/8'], [false]] as const)('a stranger cannot claim to be a proxy (trusted: %s)', async (trust) => {
    const openFrom = await open(platform, trust)
    await expect(openFrom('https://chat.example')).rejects.toMatchObject({ status: 403 })
    expect(await (await openFrom('http://127.0.0.1:PORT', { 'X-Forwarded-For': '203.0.113.9' })).next()).toBe('127.0.0.1')
  })
})
