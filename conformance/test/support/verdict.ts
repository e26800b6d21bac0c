// One case against one flawed server, or client.
import { expect } from 'vitest'
import { runThemes } from '../../src/runner.js'
import { THEMES } from '../../src/themes.js'
import type { Target } from '../../src/wire/peer.js'
import { type ClientFlaw, flawedClient } from './flawed-client.js'
import { type Flaw, startFlawed } from './flawed-server.js'

export interface Question {
  readonly theme: string
  readonly name: string
}

/** Why the case fails; undefined when it passes. */
export async function verdict(flaw: Flaw, question: Question): Promise<string | undefined> {
  return answerTo(question, { url: await startFlawed(flaw), timeout: 200 })
}

/** The same of a client. */
export async function verdictOnClient(flaw: ClientFlaw, question: Question): Promise<string | undefined> {
  return answerTo(question, { client: flawedClient(flaw), timeout: 500 })
}

async function answerTo({ theme: themeName, name }: Question, target: Target): Promise<string | undefined> {
  const theme = THEMES.find((each) => each.name === themeName)!
  const cases = theme.cases.filter((each) => each.name === name)
  expect(cases).toHaveLength(1)
  const [result] = await runThemes([{ ...theme, cases }], { ...target, claimsCompression: theme.rfc === 7692 })
  return result!.results[0]!.failure
}
