// fastify.injectWS(): a WebSocket without a port, for tests. The client and its in-memory socket are @tocsin/testing's, which is loaded
// here, when it is called: an application in production neither needs nor installs it (docs/adr/0007-fastify-adapter.md).
import { UsageError } from '@tocsin/core'
import type { FastifyInstance } from 'fastify'

/** @ts-ignore the types are there where the optional @tocsin/testing is installed */
export type Inject = typeof import('@tocsin/testing').inject // oxlint-disable-line typescript/consistent-type-imports

type InjectOptions = Exclude<NonNullable<Parameters<Inject>[1]>, string>

export type InjectWS = (path?: string, options?: InjectOptions) => ReturnType<Inject>

export async function injectWS(this: FastifyInstance, path = '/', options: InjectOptions = {}): ReturnType<Inject> {
  const { inject } = await loadTesting()
  await this.ready()
  return inject(this.server, { ...options, path })
}

async function loadTesting(): Promise<{ inject: Inject }> {
  try {
    return await import('@tocsin/testing')
  } catch (cause) {
    const advice = 'npm install --save-dev @tocsin/testing'
    throw new UsageError('WS_ERR_NO_TESTING', `injectWS() needs the package @tocsin/testing: ${advice}`, { cause })
  }
}
