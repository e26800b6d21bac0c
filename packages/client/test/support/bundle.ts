// The browser door as one module, or another one that imports it, as a bundler makes it; from the sources.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface Bundle {
  readonly code: string
  /** Everything that it consists of, and what it still imports. */
  readonly modules: readonly string[]
  readonly imports: readonly string[]
}

const door = fileURLToPath(new URL('../../src/browser.ts', import.meta.url))
const alias = { '@tocsin/client': door, '@tocsin/events': fileURLToPath(new URL('../../../events/src/index.ts', import.meta.url)) }

export async function bundleForBrowsers(entry: string = door): Promise<Bundle> {
  const built = await build({ configFile: false, resolve: { alias }, logLevel: 'silent', build: { write: false, lib: { entry, formats: ['es'] } } })
  const [first] = [built].flat()
  if (first === undefined || !('output' in first)) throw new Error('there is no bundle')
  const { code, imports, moduleIds } = first.output[0]
  return { code, imports, modules: moduleIds }
}
