// The same on Nest's own adapter for plain WebSockets.
import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { EventsModule } from './events-gateway.js'
import { announceServer } from './serve.js'

const app = await NestFactory.create(EventsModule, { logger: ['error', 'warn'] })
app.useWebSocketAdapter(new WsAdapter(app))
await app.listen(0, '127.0.0.1')
announceServer(app.getHttpServer())
