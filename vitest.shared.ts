// What every member's vitest.config.ts shares: tests run on the sources, without a build.
import { fileURLToPath } from 'node:url'
import { defineProject, type UserWorkspaceConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`${path}/index.ts`, import.meta.url))

/** The same map as `paths` in tsconfig.test.json. */
const alias = [
  { find: /^@tocsin\/core\/protocol$/, replacement: source('packages/core/src/protocol') },
  { find: /^@tocsin\/core$/, replacement: source('packages/core/src') },
  { find: /^@tocsin\/testing$/, replacement: source('packages/testing/src') },
  { find: /^@tocsin\/events$/, replacement: source('packages/events/src') },
  { find: /^@tocsin\/express$/, replacement: source('packages/express/src') },
  { find: /^tocsin-chat-page\/testing$/, replacement: source('apps/chat-page/src/testing') },
  { find: /^tocsin-chat-page$/, replacement: source('apps/chat-page/src') },
]

export function project(name: string, test: UserWorkspaceConfig['test'] = {}): UserWorkspaceConfig {
  return defineProject({
    resolve: { alias },
    test: { name, include: ['test/**/*.test.ts'], environment: 'node', testTimeout: 15_000, hookTimeout: 30_000, ...test },
  })
}
