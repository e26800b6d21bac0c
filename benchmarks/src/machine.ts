// Where a run took place, and with what: every result carries this.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Machine as AnyMachine, describeMachine as describeAnyMachine } from 'tocsin-reports'
import { CATALOGUE, bunVersion } from './catalogue.js'

export interface Machine extends AnyMachine {
  /** Of each package that was measured against; absent ones are not installed. */
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine(): Machine {
  return { ...describeAnyMachine(), versions: versions() }
}

function versions(): Record<string, string> {
  const names = new Set(Object.values(CATALOGUE).flatMap(({ packages = [] }) => packages))
  const found = [...names].flatMap((name) => {
    const version = versionOf(name)
    return version === undefined ? [] : [[name, version] as const]
  })
  const bun = bunVersion()
  return Object.fromEntries(bun === undefined ? found : [...found, ['bun', bun.version]])
}

const require = createRequire(import.meta.url)

/** The helpers of `ws` are looked for where it would look for them. */
function versionOf(name: string): string | undefined {
  const { resolve } = name === 'bufferutil' || name === 'utf-8-validate' ? createRequire(require.resolve('ws')) : require
  try {
    const entry = resolve(name)
    const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length)
    return (JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string }).version
  } catch {
    return undefined // not installed
  }
}
