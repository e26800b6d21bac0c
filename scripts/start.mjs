// `npm start [-- app]`: from a bare clone to a running application.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { followCaller } from './lib/follow-caller.mjs'
import { ensureBuilt, ensureInstalled, fail, requireNode, root } from './lib/workspace.mjs'

requireNode()

const [wanted = 'express', ...rest] = process.argv.slice(2)
const app = findApp(wanted)
ensureInstalled()
ensureBuilt(app.name)

// In this very process: signals reach the application as they are, and its exit code is ours.
followCaller()
const main = join(app.directory, 'dist/main.js')
process.chdir(app.directory)
process.argv.splice(1, Infinity, main, ...rest)
await import(pathToFileURL(main).href)

function findApp(name) {
  const apps = startableApps()
  const app = apps.find((candidate) => candidate.folder === name || candidate.folder === `${name}-chat`)
  return app ?? fail(`No application "${name}". There are: ${apps.map((candidate) => candidate.folder.replace(/-chat$/, '')).join(', ')}`)
}

function startableApps() {
  return readdirSync(join(root, 'apps')).flatMap((folder) => {
    const directory = join(root, 'apps', folder)
    if (!existsSync(join(directory, 'package.json'))) return []
    const { name, scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    return scripts?.start ? [{ folder, directory, name }] : []
  })
}
