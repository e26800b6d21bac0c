// Inputs that failed once, or that are worth keeping: one JSON file each, in a folder for each target. Knows files only.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Failure } from './run-target.js'

export interface Regression {
  readonly file: string
  /** What was wrong, or why it is kept. */
  readonly note: string
  readonly input: unknown
}

/** Beside `src` and `dist`. */
export const REGRESSIONS = fileURLToPath(new URL('../regressions', import.meta.url))

export function readRegressions(target: string, folder: string = REGRESSIONS): Regression[] {
  const directory = join(folder, target)
  if (!existsSync(directory)) return []
  return readdirSync(directory).filter((file) => file.endsWith('.json')).sort().map((file) => {
    const { note, input } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Omit<Regression, 'file'>
    return { file, note, input }
  })
}

/** @returns the file; the same input is kept once, under the name that it has */
export function keepRegression({ target, seed, input, error }: Failure, folder: string = REGRESSIONS): string {
  const directory = join(folder, target)
  const kept = readRegressions(target, folder).find((each) => JSON.stringify(each.input) === JSON.stringify(input))
  if (kept !== undefined) return join(directory, kept.file)
  const file = join(directory, `${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12)}.json`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ note: `seed ${seed}: ${error.message}`, input }, null, 2)}\n`)
  return file
}
