// Which load generator there is, and what it can do.
import { fileURLToPath } from 'node:url'
import type { Workload } from '../workloads/workload.js'
import { type NativeGenerator, compileGenerator } from './compile.js'

export interface Generator {
  readonly name: string
  readonly command: readonly string[]
  /** What it cannot do with this workload; undefined when it can do all. */
  lacks(workload: Workload): string | undefined
}

/** The one in C; one in Node, which knows closed loops only, where there is no compiler. */
export function findGenerator(native: NativeGenerator | 'none' = compileGenerator() ?? 'none'): Generator {
  if (native === 'none') return nodeGenerator()
  return {
    name: native.hasZlib ? 'C' : 'C, without zlib',
    command: [native.path],
    lacks: ({ deflate }) => (deflate === true && !native.hasZlib ? 'zlib for the load generator' : undefined),
  }
}

function nodeGenerator(): Generator {
  // Of the build, also when this file is run from its source
  const file = fileURLToPath(new URL('../../dist/load/node-generator.js', import.meta.url))
  return {
    name: 'Node: no C compiler was found, so expect it to be the bottleneck',
    command: [process.execPath, file],
    lacks({ does, deflate }) {
      return does === 'rate' || does === 'open' || deflate === true ? 'a C compiler for the load generator' : undefined
    },
  }
}
