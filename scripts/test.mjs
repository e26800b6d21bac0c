// `npm test [-- vitest arguments]`: from a bare clone to one line, summed over all suites.
import { ensureBuilt, ensureInstalled, requireNode } from './lib/workspace.mjs'
import { runSuites, summaryLine } from './lib/suite.mjs'

requireNode()
ensureInstalled()
ensureBuilt()
const result = runSuites({ args: process.argv.slice(2) })
for (const name of result.skippedNames) console.log(`skipped: ${name}`)
console.log(summaryLine(result))
process.exitCode = result.failed > 0 ? 1 : 0
