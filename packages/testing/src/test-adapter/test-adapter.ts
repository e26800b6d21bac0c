// The contract of an adapter as a suite of tests, for any runner. Knows the themes, no framework.
import type { AdapterUnderTest } from './adapter-under-test.js'
import type { ContractTest, Theme } from './contract-test.js'
import { Stage } from './stage.js'
import { failingHandlers } from './themes/failing.js'
import { guarding } from './themes/guarding.js'
import { limiting } from './themes/limiting.js'
import { refusing } from './themes/refusing.js'
import { serving } from './themes/serving.js'
import { sharing } from './themes/sharing.js'
import { upgrading } from './themes/upgrading.js'

/** What the suite needs of a test runner; vitest, node:test and jest have it. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown
  test(title: string, body: () => Promise<void>): unknown
}

const THEMES: readonly Theme[] = [upgrading, refusing, sharing, guarding, limiting, serving, failingHandlers]

/**
 * Registers the contract suite for one adapter: every test builds an application with it, on a port of its own, and is named after
 * the row of FEATURES or SECURITY that it proves.
 *
 * @example testAdapter({ name: 'Express 5', start }, { describe, test })
 */
export function testAdapter(adapter: AdapterUnderTest, runner: TestRunner): void {
  runner.describe(`the contract of an adapter: ${adapter.name}`, () => {
    for (const { title, tests } of THEMES) {
      runner.describe(title, () => { for (const each of tests) runner.test(each.title, () => run(adapter, each)) })
    }
  })
}

async function run(adapter: AdapterUnderTest, { run: body }: ContractTest): Promise<void> {
  const stages: Stage[] = []
  try {
    await body(async (options) => {
      const stage = await Stage.start(adapter, options)
      stages.push(stage)
      return stage
    })
  } finally {
    for (const stage of stages) await stage.close()
  }
}
