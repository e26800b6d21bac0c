// Fastify on HTTP/2 with `allowHTTP1`: upgrades are HTTP/1.1 requests on the same port, over TLS.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { certificate, connect } from '@tocsin/testing'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { TocsinAdapter } from '@tocsin/nestjs'
import { message } from '../support/start.js'

@WebSocketGateway({ path: '/echo/:id' })
class EchoGateway {
  handleUpgrade({ params }: { params: { id: string } }): string { return params.id }
  @SubscribeMessage('echo') echo(_client: unknown, data: unknown): unknown { return { event: 'echoed', data } }
}

@Module({ providers: [EchoGateway] })
class AppModule {}

test('TLS, HTTP/1.1 upgrades beside HTTP/2, and shutdown', async () => {
  const adapter = new FastifyAdapter({ http2: true, https: { ...certificate, allowHTTP1: true } } as object)
  const app = await NestFactory.create(AppModule, adapter, { logger: false })
  app.useWebSocketAdapter(new TocsinAdapter(app, { deadline: 1_000 }))
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const client = await connect({ port, path: '/echo/7', tls: { ca: certificate.cert }, origin: `https://127.0.0.1:${port}` })
  client.send(message('echo', 'over TLS'))
  expect(await client.nextJson()).toEqual({ event: 'echoed', data: 'over TLS' })
  await expect(connect({ port, path: '/nowhere', tls: { ca: certificate.cert } })).rejects.toMatchObject({ status: 404 })
  await app.close()
  expect((await client.closed).code).toBe(1001)
})
