// The browser door as one module, as a bundler makes it.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface Bundle {
  readonly code: string
  /** Everything that it consists of, and what it still imports. */
  readonly modules: readonly string[]
  readonly imports: readonly string[]
}

export async function bundleForBrowsers(): Promise<Bundle> {
  const entry = fileURLToPath(new URL('../../src/browser.ts', import.meta.url))
  const built = await build({ configFile: false, logLevel: 'silent', build: { write: false, lib: { entry, formats: ['es'] } } })
  const [first] = [built].flat()
  if (first === undefined || !('output' in first)) throw new Error('there is no bundle')
  const { code, imports, moduleIds } = first.output[0]
  return { code, imports, modules: moduleIds }
}
