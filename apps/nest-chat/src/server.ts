// The app on a port, until it is told to stop.

import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { TocsinAdapter } from '@tocsin/nestjs'
import { chatPage, pageHeaders } from 'tocsin-chat-page'
import { AppModule } from './app.module.js'
import type { Settings } from './settings.js'

export interface ChatServer {
  readonly url: string
  /** Every client gets Close 1001, then the server is gone. May be called again. */
  stop(): Promise<void>
}

/** Rejects when the port cannot be had. */
export async function startChat({ port, host }: Settings): Promise<ChatServer> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'], abortOnError: false })
  app.disable('x-powered-by').disable('etag')
  app.useStaticAssets(fileURLToPath(chatPage), { setHeaders: (response) => response.setHeaders(new Map(Object.entries(pageHeaders))) })
  app.useWebSocketAdapter(new TocsinAdapter(app))
  await app.listen(port, host)
  return { url: await app.getUrl(), stop: () => app.close() }
}
