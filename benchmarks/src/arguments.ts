// `npm run bench -- ...`: what may be asked for.
import { parseArgs } from 'node:util'
import { CATALOGUE } from './catalogue.js'
import { selectRows } from './workloads/index.js'
import type { Row } from './workloads/workload.js'

export interface Options {
  readonly isQuick: boolean
  readonly rounds: number
  readonly rows: readonly Row[]
  /** Undefined: those of each row. */
  readonly servers: readonly string[] | undefined
  readonly json: string | undefined
  readonly writesDocs: boolean
}

export const USAGE = `npm run bench -- [options]
  --quick          every workload once, briefly: says whether all works, not how fast it is
  --only a,b       groups (echo, text, broadcast, chat, deflate, open, memory, routes, latency) or parts of names
  --servers a,b    ${Object.keys(CATALOGUE).join(', ')}
  --rounds n       how often each is measured (5; 1 with --quick)
  --json file      keeps what was found
  --write          writes docs/benchmarks: README.md, results.json, plots`

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  servers: { type: 'string' },
  rounds: { type: 'string' },
  json: { type: 'string' },
  write: { type: 'boolean', default: false },
} as const

/** @throws an error that says what is wrong */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const rows = selectRows(listOf(values.only))
  if (rows.length === 0) throw new Error(`no workload is called '${values.only}'`)
  return {
    isQuick: values.quick,
    rounds: roundsOf(values.rounds ?? (values.quick ? '1' : '5')),
    rows,
    servers: knownServers(listOf(values.servers)),
    json: values.json,
    writesDocs: values.write,
  }
}

function listOf(value: string | undefined): string[] | undefined {
  return value?.split(',').map((part) => part.trim()).filter((part) => part !== '')
}

function roundsOf(value: string): number {
  if (!/^[1-9]\d{0,2}$/.test(value)) throw new Error(`--rounds must be a number from 1 to 999, not '${value}'`)
  return Number(value)
}

function knownServers(servers: readonly string[] | undefined): readonly string[] | undefined {
  const unknown = servers?.find((server) => !(server in CATALOGUE))
  if (unknown !== undefined) throw new Error(`no server is called '${unknown}'; there are ${Object.keys(CATALOGUE).join(', ')}`)
  return servers
}
