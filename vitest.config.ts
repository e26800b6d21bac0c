import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'apps/*/vitest.config.ts', '{benchmarks,chaos,conformance,fuzz,interop,reports,scripts}/vitest.config.ts'],
    // Most suites wait for sockets and processes more than they compute: the main process needs no core of its own.
    maxWorkers: availableParallelism(),
  },
})
