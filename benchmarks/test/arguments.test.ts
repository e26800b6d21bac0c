import { describe, expect, test } from 'vitest'
import { parseOptions } from '../src/arguments.js'
import { ROWS } from '../src/workloads/index.js'

const namesOf = (...args: string[]): string[] => parseOptions(args).rows.map(({ name }) => name)

describe('the arguments', () => {
  test('by default: everything, five rounds, nothing written', () => {
    expect(parseOptions([])).toEqual({ isQuick: false, rounds: 5, rows: ROWS, servers: undefined, json: undefined, writesDocs: false })
  })

  test('--quick is one round, unless --rounds says otherwise', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ isQuick: true, rounds: 1 })
    expect(parseOptions(['--quick', '--rounds', '3'])).toMatchObject({ isQuick: true, rounds: 3 })
  })

  test('--only takes groups, which are not searched for in names, and parts of names', () => {
    expect(new Set(parseOptions(['--only', 'echo,chat']).rows.map(({ group }) => group))).toEqual(new Set(['echo', 'chat']))
    expect(namesOf('--only', '16 in flight')).toEqual(['echo 64 B, 16 in flight', 'routes: echo 64 B, 16 in flight'])
    expect(namesOf('--only', '50 members, 500 members')).toEqual(['chat, 50 members', 'chat, 500 members'])
  })

  test('--servers, --json and --write', () => {
    const options = parseOptions(['--servers', 'ws, net', '--json', 'found.json', '--write'])
    expect(options).toMatchObject({ servers: ['ws', 'net'], json: 'found.json', writesDocs: true })
  })

  test.each([
    [['--only', 'nothing'], "no workload is called 'nothing'"],
    [['--servers', 'ws,nginx'], "no server is called 'nginx'"],
    [['--rounds', '0'], '--rounds must be a number from 1 to 999'],
    [['--rounds', 'two'], '--rounds must be a number from 1 to 999'],
    [['--fast'], '--fast'],
  ])('%j is refused with a word', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
