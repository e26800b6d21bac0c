// The app on a port, until it is told to stop.

import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { TocsinAdapter } from '@tocsin/nestjs'
import { chatPage, type ChatServer, pageHeaders, type Settings } from 'tocsin-chat-page'
import { AppModule } from './app.module.js'

/** Rejects when the port cannot be had. */
export async function startChat({ port, host }: Settings): Promise<ChatServer> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'], abortOnError: false })
  app.disable('x-powered-by').disable('etag')
  app.useStaticAssets(fileURLToPath(chatPage), { setHeaders: (response) => response.setHeaders(new Map(Object.entries(pageHeaders))) })
  app.useWebSocketAdapter(new TocsinAdapter(app))
  await app.listen(port, host)
  return { url: await app.getUrl(), stop: () => app.close() }
}
