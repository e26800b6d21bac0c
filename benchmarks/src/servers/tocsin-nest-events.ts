// Nest's own way with messages, { event, data } in JSON, on Tocsin.
import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { TocsinAdapter } from '@tocsin/nestjs'
import { EventsModule } from './events-gateway.js'
import { announceServer } from './serve.js'

const app = await NestFactory.create(EventsModule, { logger: ['error', 'warn'] })
app.useWebSocketAdapter(new TocsinAdapter(app))
await app.listen(0, '127.0.0.1')
announceServer(app.getHttpServer())
