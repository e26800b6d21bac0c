// The contract of an adapter as a suite of tests.
import type { AdapterUnderTest } from './adapter-under-test.js'

/** What the suite needs of a test runner; vitest, node:test and jest have it. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
}

/** Registers the contract suite for one adapter with the test runner. */
export function testAdapter(_adapter: AdapterUnderTest, _runner: TestRunner): void {}
