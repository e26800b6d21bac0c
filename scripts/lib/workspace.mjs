// Sets the workspace up with nothing but Node and npm: installs and builds, each only when needed. No dependency, so that it runs on a bare clone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cache = join(root, 'node_modules/.cache/tocsin')

const stamp = join(root, 'node_modules/.tocsin-installed')
const pinned = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']

/** The environment of every tool: the workspace's own commands first on PATH, nobody phones home. */
export const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
}

export function requireNode(major = 20, minor = 19) {
  const [actualMajor = 0, actualMinor = 0] = process.versions.node.split('.').map(Number)
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return
  fail(`Tocsin needs Node ${major}.${minor} or newer; this is ${process.versions.node}`)
}

export function fail(message, exitCode = 1) {
  console.error(message)
  process.exit(exitCode)
}

/** Installs what the lock file names, unless that was done already: then no network is needed. */
export function ensureInstalled() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  quietly('Installing dependencies', ['npx', '-y', 'pnpm@12', 'install', '--frozen-lockfile'])
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Builds one member with all it depends on, or everything. What is built already comes from the cache. */
export function ensureBuilt(member) {
  const filter = member === undefined ? [] : [`--filter=${member}`]
  quietly('Building', ['turbo', 'run', 'build', ...filter])
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const file of pinned) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** One line when it works, everything the tool said when it does not. */
function quietly(label, [command, ...args]) {
  const started = performance.now()
  process.stderr.write(`${label} ...`)
  const shell = process.platform === 'win32' // where commands are .cmd files
  const result = spawnSync(command, args, { cwd: root, env: environment, encoding: 'utf8', maxBuffer: 1 << 28, shell })
  if (result.status === 0) return process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
  process.stderr.write(' failed\n')
  fail(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`, result.signal ? 130 : (result.status ?? 1))
}
