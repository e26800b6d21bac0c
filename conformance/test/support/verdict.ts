// One case against one flawed server.
import { expect } from 'vitest'
import { runThemes } from '../../src/runner.js'
import { THEMES } from '../../src/themes.js'
import { type Flaw, startFlawed } from './flawed-server.js'

export interface Question {
  readonly theme: string
  readonly name: string
}

/** Why the case fails; undefined when it passes. */
export async function verdict(flaw: Flaw, { theme: themeName, name }: Question): Promise<string | undefined> {
  const theme = THEMES.find((each) => each.name === themeName)!
  const cases = theme.cases.filter((each) => each.name === name)
  expect(cases).toHaveLength(1)
  const target = { url: await startFlawed(flaw), timeout: 200, claimsCompression: theme.rfc === 7692 }
  const [result] = await runThemes([{ ...theme, cases }], target)
  return result!.results[0]!.failure
}
