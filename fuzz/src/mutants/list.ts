// All mutants.
import { CLIENT_MUTANTS } from './client.js'
import { COMPRESSION_MUTANTS } from './compression.js'
import { CONNECTION_MUTANTS } from './connection.js'
import type { Mutant } from './mutant.js'
import { PROTOCOL_MUTANTS } from './protocol.js'

export const MUTANTS: readonly Mutant[] = [...PROTOCOL_MUTANTS, ...CONNECTION_MUTANTS, ...COMPRESSION_MUTANTS, ...CLIENT_MUTANTS]
