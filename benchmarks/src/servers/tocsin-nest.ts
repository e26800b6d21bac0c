// Tocsin behind a gateway of Nest, which leaves the messages to an endpoint of our own.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WebSocketGateway } from '@nestjs/websockets'
import { type GatewayOptions, TocsinAdapter } from '@tocsin/nestjs'
import { announceServer } from './serve.js'
import { createEndpoint } from './tocsin-endpoint.js'

@WebSocketGateway<GatewayOptions>({ path: '/', endpoint: createEndpoint() })
class Gateway {}

@Module({ providers: [Gateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
app.useWebSocketAdapter(new TocsinAdapter(app))
await app.listen(0, '127.0.0.1')
announceServer(app.getHttpServer())
