// One small mistake, as an exact replacement of text in the sources of core or of the client. Knows no file system.

export interface Mutant {
  /** Below packages/core/src; with `client/` in front, below packages/client/src. */
  readonly file: string
  /** The rule that is broken: of RFC 6455, unless it names another source. */
  readonly section: string
  /** What the mistaken code does, or lets pass. Unique within its file. */
  readonly name: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}

export const PACKAGES = ['core', 'client'] as const

export interface Place {
  readonly package: (typeof PACKAGES)[number]
  /** Below its `src`. */
  readonly path: string
}

export function placeOf({ file }: Pick<Mutant, 'file'>): Place {
  return file.startsWith('client/') ? { package: 'client', path: file.slice('client/'.length) } : { package: 'core', path: file }
}

/** A mutant as it stands in a list. */
export type MutantRow = readonly [file: string, section: string, name: string, find: string, replace: string]

export function mutantsOf(rows: readonly MutantRow[]): Mutant[] {
  return rows.map(([file, section, name, find, replace]) => ({ file, section, name, find, replace }))
}

/** @throws Error when the text is not there, or more than once: the source has changed, and the mutant must be looked at */
export function applyMutant(source: string, { name, find, replace }: Mutant): string {
  const [before, after, ...more] = source.split(find)
  if (after === undefined) throw new Error(`${name}: the text to replace is not there: ${find}`)
  if (more.length > 0) throw new Error(`${name}: the text to replace is there ${more.length + 1} times: ${find}`)
  return before + replace + after
}
