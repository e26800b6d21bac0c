// What a fuzz target is. Its inputs are plain JSON, so that a failing one can be kept in a file and replayed for ever.
import type { Arbitrary } from 'fast-check'

export interface FuzzTarget<Input = unknown> {
  readonly name: string
  readonly inputs: Arbitrary<Input>
  /** Throws, or rejects, when something is wrong. */
  check(this: void, input: Input): void | Promise<void>
  /** How many runs `npm test` makes: less than a second's worth. */
  readonly testRuns: number
}

/** What a target says when an oracle and the code disagree. */
export function demand(isMet: boolean, message: () => string): void {
  if (!isMet) throw new Error(message())
}

/** Both as lists of lines. */
export function demandSame(what: string, actual: readonly string[], expected: readonly string[]): void {
  const same = actual.length === expected.length && actual.every((line, index) => line === expected[index])
  demand(same, () => `${what}\n  expected ${JSON.stringify(expected.map(shortened))}\n  got      ${JSON.stringify(actual.map(shortened))}`)
}

const LONG = 200

/** For messages. */
export function shortened(line: string): string {
  return line.length <= LONG ? line : `${line.slice(0, LONG)}... (${line.length})`
}
