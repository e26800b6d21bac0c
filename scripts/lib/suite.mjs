// Runs all suites under one Node binary and counts what they say. Knows vitest's JSON report; no dependency of its own.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, delimiter, join, relative } from 'node:path'
import { cache, environment, root } from './workspace.mjs'

/** @returns {{ passed: number, failed: number, skipped: number, skippedNames: string[] }} */
export function runSuites({ node = process.execPath, args = [], reporter = 'default' } = {}) {
  const report = join(cache, 'vitest.json')
  mkdirSync(cache, { recursive: true })
  rmSync(report, { force: true })
  const reporters = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${report}`]
  const { status } = spawnSync(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...environment, PATH: [dirname(node), environment.PATH].join(delimiter) },
  })
  return count(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] }, status)
}

/** What vitest's report says, and its exit status, which knows of errors outside of any test. */
export function count({ testResults }, status) {
  const tests = testResults.flatMap((file) => file.assertionResults.map((test) => ({ file: relative(root, file.name), ...test })))
  const having = (...states) => tests.filter((test) => states.includes(test.status))
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
  const failed = having('failed').length + brokenFiles.length
  const skipped = having('skipped', 'pending', 'todo', 'disabled')
  return {
    passed: having('passed').length,
    failed: failed === 0 && status !== 0 ? 1 : failed, // an unhandled error outside of any test, or no report at all
    skipped: skipped.length,
    skippedNames: skipped.map((test) => `${test.file}: ${test.fullName}`),
  }
}

export function sum(results) {
  const add = (field) => results.reduce((total, result) => total + result[field], 0)
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped'), skippedNames: results.flatMap((result) => result.skippedNames) }
}

export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
