// Runs a table of wire rules: every row as a client's (unmasked) and as a server's (masked) input, split at every byte.
import { describe, expect, it } from 'vitest'
import type { ReadOptions } from './read.js'
import { asMasked, failsAfter, hex, replaySplit, unmaskedHeaderSize } from './wire.js'

export interface Row {
  readonly name: string
  /** Unmasked frames in hex. */
  readonly frames: readonly string[]
  readonly seen: readonly string[]
  /** For a failure: how many bytes of the last frame, unmasked, the reader must have had when it reports; or its whole header. */
  readonly at?: number | 'header'
  readonly options?: ReadOptions
}

type Read = (chunks: readonly Buffer[], options: ReadOptions) => string[]

export function runTable(title: string, rows: readonly Row[], read: Read): void {
  describe.each([
    ['unmasked, at a client', false],
    ['masked, at a server', true],
  ] as const)(`${title} (%s)`, (_role, masked) => {
    it.each(rows.map(row => [row.name, row] as const))('%s', (_name, row) => runRow(row, masked, read))
  })
}

function runRow({ frames, seen, at, options }: Row, masked: boolean, read: Read): void {
  const unmasked = frames.map(hex)
  const wire = masked ? unmasked.map(frame => asMasked(frame)) : unmasked
  const bytes = Buffer.concat(wire)
  const readHere = (chunks: readonly Buffer[]): string[] => read(chunks, { masked, ...options })
  expect(replaySplit(bytes, readHere)).toEqual(seen)
  if (at === undefined) return expect(seen.filter(line => line.startsWith('fail'))).toEqual([])
  const header = unmaskedHeaderSize(unmasked.at(-1)!)
  const keySize = masked && (at === 'header' || at > header) ? 4 : 0
  const before = bytes.length - wire.at(-1)!.length
  expect(failsAfter(bytes, readHere) - before).toBe((at === 'header' ? header : at) + keySize)
}
