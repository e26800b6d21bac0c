// `npm run check:lockfile`: a lock file names packages, never the host they came from, and it serves every platform.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './lib/workspace.mjs'

const lockFiles = new Set(['pnpm-lock.yaml', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'bun.lock'])
const otherPlatforms = /@turbo\/(darwin|windows)|@oxlint\/binding-(darwin|win32)/

const problems = [...find(root)].flatMap((file) => [...hostsIn(file), ...missingPlatforms(file)])
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'Lock files: no registry host, every platform served' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1

function* find(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') yield* find(join(directory, entry.name))
    if (lockFiles.has(entry.name)) yield join(directory, entry.name)
  }
}

/** A deprecation notice may hold a link; nothing else may. */
function hostsIn(file) {
  return readFileSync(file, 'utf8').split('\n').flatMap((line, index) =>
    /\w:\/\//.test(line) && !/^\s*"?deprecated"?:/.test(line) ? [`${relative(root, file)}:${index + 1} names a host`] : [])
}

function missingPlatforms(file) {
  if (!file.endsWith('pnpm-lock.yaml') || otherPlatforms.test(readFileSync(file, 'utf8'))) return []
  return [`${relative(root, file)} lacks the macOS and Windows binaries of the tools`]
}
