// What every member's vitest.config.ts shares: tests run on the sources, without a build.
import { fileURLToPath } from 'node:url'
import { defineProject, type UserWorkspaceConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** The same map as `paths` in tsconfig.test.json: the folder of a package is its name. */
const alias = [
  { find: /^@tocsin\/core\/protocol$/, replacement: `${root}packages/core/src/protocol/index.ts` },
  { find: /^@tocsin\/core\/compression$/, replacement: `${root}packages/core/src/compression/index.ts` },
  { find: /^@tocsin\/core\/handshake$/, replacement: `${root}packages/core/src/handshake/index.ts` },
  { find: /^@tocsin\/nestjs\/testing$/, replacement: `${root}packages/nestjs/src/testing/index.ts` },
  { find: /^@tocsin\/([a-z-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
  { find: /^tocsin-reports$/, replacement: `${root}reports/src/index.ts` },
  { find: /^tocsin-chat-page\/testing$/, replacement: `${root}apps/chat-page/src/testing/index.ts` },
  { find: /^tocsin-chat-page$/, replacement: `${root}apps/chat-page/src/index.ts` },
]

/** Node 20 hides its own WebSocket, which is one of the clients in the tests, behind a flag. */
const execArgv = 'WebSocket' in globalThis ? [] : ['--experimental-websocket']

export function project(name: string, test: UserWorkspaceConfig['test'] = {}): UserWorkspaceConfig {
  return defineProject({
    resolve: { alias },
    test: { name, include: ['test/**/*.test.ts'], execArgv, testTimeout: 15_000, hookTimeout: 30_000, ...test },
  })
}
