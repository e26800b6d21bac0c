// Applications for the tests: on either platform, on a port of their own, closed after the test.
import 'reflect-metadata'
import type { INestApplication, ModuleMetadata } from '@nestjs/common'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { connect, type ConnectOptions, type TestClient, UpgradeRefusedError } from '@tocsin/testing'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { TocsinAdapter, type TocsinOptions } from '@tocsin/nestjs'

export const platforms = ['express', 'fastify'] as const
export type PlatformName = (typeof platforms)[number]

export interface Setup {
  readonly platform?: PlatformName
  readonly options?: TocsinOptions
  /** Before the application is initialised. */
  prepare?(app: INestApplication): void
}

export interface Running {
  readonly app: INestApplication
  readonly port: number
  connect(path?: string, options?: ConnectOptions): Promise<TestClient>
  /** The answer to an upgrade that is expected not to succeed. */
  refusal(path: string, options?: ConnectOptions): Promise<UpgradeRefusedError>
  get(path: string): Promise<Response>
}

export async function start(metadata: ModuleMetadata, { platform = 'express', options, prepare }: Setup = {}): Promise<Running> {
  class AppModule {}
  Module(metadata)(AppModule)
  const app = await NestFactory.create(AppModule, platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(), { logger: false })
  app.useWebSocketAdapter(new TocsinAdapter(app, { deadline: 1_000, ...options }))
  prepare?.(app)
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  const { port } = app.getHttpServer().address() as AddressInfo
  const open = (path = '/', connectOptions: ConnectOptions = {}): Promise<TestClient> => connect({ port, path, ...connectOptions })
  const refusal = async (path: string, connectOptions?: ConnectOptions): Promise<UpgradeRefusedError> => {
    const outcome: unknown = await open(path, connectOptions).catch((error: unknown) => error)
    if (outcome instanceof UpgradeRefusedError) return outcome
    throw outcome instanceof Error ? outcome : new Error(`the upgrade of ${path} was not refused`)
  }
  return { app, port, connect: open, refusal, get: (path) => fetch(`http://127.0.0.1:${port}${path}`) }
}

/** `{ event, data }` as the default format writes it. */
export function message(event: string, data?: unknown, id?: string | number): string {
  return JSON.stringify({ event, data, id })
}
