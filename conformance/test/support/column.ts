// Runs a column of the table as tests, theme by theme, and compares the committed baseline. The whole theme is one test: its cases run
// several at a time, and a failure names them.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOCSIN, targetOf, themesOf } from '../../src/columns.js'
import { parseBaseline } from '../../src/report/baseline.js'
import { runThemes } from '../../src/runner.js'
import { THEMES } from '../../src/themes.js'

export function readBaseline(): string {
  return readFileSync(new URL('../../baseline.tsv', import.meta.url), 'utf8')
}

export function describeColumn(name: string): void {
  const column = TOCSIN.find((each) => each.name === name)!
  const table = parseBaseline(readBaseline())
  const index = table.columns.indexOf(name)

  describe(`Tocsin, ${name}`, () => {
    let subject: Awaited<ReturnType<typeof column.start>>
    beforeAll(async () => { subject = await column.start() })
    afterAll(() => subject[Symbol.asyncDispose]())

    test.each(themesOf(column, THEMES))('$name', { timeout: 90_000 }, async (theme) => {
      const [result] = await runThemes([theme], targetOf(column, subject, 10_000))
      expect(result!.results.filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(table.rows.filter((row) => row.theme === theme.name && row.verdicts[index] === 'FAIL')).toEqual([])
    })
  })
}
