// The command line of `npm run chaos`.
import { parseArgs } from 'node:util'
import { BAD_CLIENTS } from './bad/index.js'
import { BRIEF, FULL, type Plan, SOAK } from './plan.js'
import { FLAWS, type Flaw } from './server/flaws.js'

export const USAGE = `npm run chaos -- [options]
  --brief            some fifteen seconds, with short deadlines
  --soak MINUTES     a leak verdict from the heap after forced garbage collections
  --seconds N        how long new bad clients come
  --good N --idle N --bad N
  --only a,b         these bad clients: ${BAD_CLIENTS.map(({ name }) => name).join(', ')}
  --no-scenarios     without the two about slow receivers
  --flaw NAME        a server that does something wrong: ${FLAWS.join(', ')}
  --seed N           the same attacks again, as far as time allows
  --write            writes docs/chaos/`

export interface Options {
  readonly plan: Plan
  readonly isSoak: boolean
  readonly hasScenarios: boolean
  readonly writes: boolean
}

/** @throws Error that says which argument is wrong */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      brief: { type: 'boolean', default: false },
      soak: { type: 'string' },
      seconds: { type: 'string' },
      good: { type: 'string' },
      idle: { type: 'string' },
      bad: { type: 'string' },
      only: { type: 'string' },
      scenarios: { type: 'boolean', default: true },
      flaw: { type: 'string' },
      seed: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  const isSoak = values.soak !== undefined
  const base = isSoak ? { ...SOAK, seconds: numberOf('soak', values.soak, 0) * 60 } : values.brief ? BRIEF : FULL
  const plan: Plan = {
    ...base,
    seconds: numberOf('seconds', values.seconds, base.seconds),
    good: numberOf('good', values.good, base.good),
    idle: numberOf('idle', values.idle, base.idle),
    bad: numberOf('bad', values.bad, base.bad),
    kinds: kindsOf(values.only),
    seed: numberOf('seed', values.seed, 6455),
    ...(values.flaw !== undefined && { flaw: flawOf(values.flaw) }),
  }
  return { plan, isSoak, hasScenarios: values.scenarios && !isSoak && values.only === undefined, writes: values.write }
}

function numberOf(name: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value)
  if (!(number >= 0)) throw new Error(`--${name} must be a number, not ${value}`)
  return number
}

/** All that this machine can do, or those that are asked for. */
function kindsOf(only: string | undefined): string[] {
  const names = BAD_CLIENTS.map(({ name }) => name)
  const asked = only?.split(',') ?? names.filter((name) => missingOf(name) === undefined)
  for (const name of asked) if (!names.includes(name)) throw new Error(`there is no bad client called ${name}`)
  return asked
}

/** Why a bad client does not come unless it is asked for. */
export function missingOf(name: string): string | undefined {
  return BAD_CLIENTS.find((each) => each.name === name)?.missing?.()
}

function flawOf(name: string): Flaw {
  const flaw = FLAWS.find((each) => each === name)
  if (flaw === undefined) throw new Error(`there is no flaw called ${name}`)
  return flaw
}
