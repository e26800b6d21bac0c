// Runs cases against one server or client, several at a time, and tells how each one went. Knows no RFC.
import type { Case, Theme } from './case.js'
import type { Target } from './wire/peer.js'

export interface Result {
  readonly name: string
  readonly section: string
  /** What went wrong; undefined when it passed. */
  readonly failure: string | undefined
}

export interface ThemeResult {
  readonly name: string
  readonly results: readonly Result[]
}

/** Each on a connection of its own. */
const AT_ONCE = 8

export async function runThemes(themes: readonly Theme[], target: Target, atOnce = AT_ONCE): Promise<ThemeResult[]> {
  const done: ThemeResult[] = []
  for (const theme of themes) done.push({
    name: theme.name,
    results: await runCases(theme, target, Math.min(atOnce, theme.atOnce ?? atOnce)),
  })
  return done
}

async function runCases({ cases }: Theme, target: Target, atOnce: number): Promise<Result[]> {
  const results: Result[] = []
  const waiting = cases.entries()
  const work = async (): Promise<void> => {
    for (const [index, each] of waiting) results[index] = await runCase(each, target)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

async function runCase({ name, section, run }: Case, target: Target): Promise<Result> {
  const failure = await run(target).then(() => undefined, (error: unknown) => (error instanceof Error ? error.message : String(error)))
  return { name, section, failure }
}
