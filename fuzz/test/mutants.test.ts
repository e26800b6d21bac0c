// That the list of mutants fits the sources, that the committed page is about this list, and how the nets' output is read.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from '../src/mutants/list.js'
import { applyMutant, placeOf } from '../src/mutants/mutant.js'
import { failedCase, failedTarget } from '../src/mutants/nets.js'
import { renderLine, renderMarkdown, summaryOf } from '../src/mutants/table.js'

const page = readFileSync(new URL('../mutants/README.md', import.meta.url), 'utf8')

test.each(MUTANTS)('$file: $name', (mutant) => {
  const { package: name, path } = placeOf(mutant)
  const source = readFileSync(new URL(`../../packages/${name}/src/${path}`, import.meta.url), 'utf8')
  expect(applyMutant(source, mutant)).not.toBe(source)
  expect(mutant.section).toMatch(/^(RFC \d+ §)?\d+(\.\d+)*$/)
  const row = page.split('\n').find((line) => line.startsWith(`| ${mutant.file} | ${mutant.name} |`))
  expect(row, 'npm run mutants -- --write').toMatch(/ (conformance|fuzz): /)
})

test('they are many, and have names of their own', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20)
  expect(new Set(MUTANTS.map(({ file, name }) => `${file}: ${name}`)).size).toBe(MUTANTS.length)
})

describe('a mutant', () => {
  const mutant = { file: 'a.ts', section: '5.2', name: 'x | y', find: 'b', replace: '$&c' }

  test('is one exact replacement', () => {
    expect(applyMutant('abd', mutant)).toBe('a$&cd')
    expect(() => applyMutant('a', mutant)).toThrow('is not there')
    expect(() => applyMutant('bab', mutant)).toThrow('is there 2 times')
  })

  test('has a row that says what caught it', () => {
    const caught = { mutant, caught: { net: 'fuzz', by: 'frames', seconds: 3 } } as const
    const survived = { mutant, caught: undefined }
    expect(summaryOf([caught, survived])).toBe('1 caught, 1 survived')
    expect(renderLine(caught)).toBe('a.ts: x | y: fuzz: frames, after 3 s')
    expect(renderMarkdown([caught, survived])).toContain('| a.ts | x \\| y | RFC 6455 §5.2 | fuzz: frames, after 3 s |')
    expect(renderMarkdown([survived])).toContain('SURVIVED')
  })
})

test('what the nets say', () => {
  const line = 'FAIL on | Pings and Pongs | RFC 6455 §5.5.2 | a Ping: expected pong, got end'
  expect(failedCase(line)).toBe('Pings and Pongs, RFC 6455 §5.5.2, a Ping')
  expect(failedCase('Pings and Pongs   58  58')).toBeUndefined()
  expect(failedTarget('frames: FAILED')).toBe('frames')
  expect(failedTarget('endpoint: seed 5: uncaught Error: x')).toBe('endpoint')
  expect(failedTarget('frames: seed 5')).toBeUndefined()
})
