// For the tests of applications: connections to gateways without a port. The public door of @tocsin/nestjs/testing.
import type { INestApplication } from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { inject, type InjectOptions, type TestClient } from '@tocsin/testing'
import type { Server } from 'node:http'
import type { TocsinOptions } from '../gateway/gateway-options.js'
import { TocsinAdapter } from '../tocsin-adapter.js'

/** What `Test.createTestingModule({ ... }).compile()` of @nestjs/testing resolves with. */
export interface CompiledModule {
  createNestApplication(httpAdapter: AbstractHttpAdapter): INestApplication
  createNestApplication(): INestApplication
}

export interface GatewayTestOptions extends TocsinOptions {
  /** The platform, such as `new FastifyAdapter()`. @default platform-express */
  readonly httpAdapter?: AbstractHttpAdapter
  /** What main.ts does with the application before it listens: global pipes, prefixes, ... */
  prepare?(app: INestApplication): unknown
}

/** An application that listens nowhere. */
export interface GatewayTest extends AsyncDisposable {
  readonly app: INestApplication
  /**
   * Opens a WebSocket without a port, through middleware, guards and handleUpgrade.
   * @param options a path is short for `{ path }`
   * @throws UpgradeRefusedError with status, headers and body
   */
  connect(options?: string | InjectOptions): Promise<TestClient>
  close(): Promise<void>
}

/** Starts the application of a compiled TestingModule, with its gateways on Tocsin, and without a port. */
export async function testGateways(module: CompiledModule, testOptions: GatewayTestOptions = {}): Promise<GatewayTest> {
  const { httpAdapter, prepare, ...options } = testOptions
  const app = httpAdapter === undefined ? module.createNestApplication() : module.createNestApplication(httpAdapter)
  app.useWebSocketAdapter(new TocsinAdapter(app, options))
  await prepare?.(app)
  await app.init()
  const close = (): Promise<void> => app.close()
  return { app, connect: (target) => injectWS(app, target), close, [Symbol.asyncDispose]: close }
}

/** Opens a WebSocket to an application that has been initialised, and need not listen. @throws UpgradeRefusedError */
export async function injectWS(app: INestApplication, options: string | InjectOptions = '/'): Promise<TestClient> {
  const instance = app.getHttpAdapter().getInstance() as { ready?(): Promise<unknown> }
  // Fastify routes nothing before
  await instance.ready?.()
  return inject(app.getHttpServer() as Server, options)
}
