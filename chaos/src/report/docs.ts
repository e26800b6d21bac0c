// Writes docs/chaos/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderPage } from './markdown.js'
import { plotOf } from './plot.js'
import type { Results } from './results.js'

const FOLDER = fileURLToPath(new URL('../../../docs/chaos/', import.meta.url))

/** @returns the files it wrote. A soak has a folder of its own. */
export function writeDocs(results: Results, folder = results.leak === undefined ? FOLDER : join(FOLDER, 'soak')): string[] {
  mkdirSync(folder, { recursive: true })
  const files = { 'README.md': renderPage(results), 'chaos.svg': plotOf(results.run), 'results.json': `${JSON.stringify(withoutDetail(results), rounded)}\n` }
  return Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  })
}

/** Of a soak, the rests that its verdict is made of, and no seconds. */
function withoutDetail(results: Results): Results {
  const { run, leak } = results
  return leak === undefined ? results : { ...results, run: { ...run, seconds: [] } }
}

/** Three digits after the point say more than a measurement knows. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}
