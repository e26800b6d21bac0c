// The parameters of permessage-deflate (RFC 7692 §7.1): their values, and how they stand in Sec-WebSocket-Extensions. Pure.
import type { Extension } from '../handshake/extensions.js'

/** RFC 7692 §7: the extension's registered name. */
export const PERMESSAGE_DEFLATE = 'permessage-deflate'

export const MAX_WINDOW_BITS = 15

/** What both sides have agreed on. */
export interface CompressionParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** Our messages refer back no further than 2 to the power of this, in bytes. */
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
}

/** One element of the field, its values checked. A parameter that is not there is undefined. */
export interface ParsedParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number | undefined
  /** `true`: there, but without a value. */
  readonly clientMaxWindowBits: number | true | undefined
}

export type ParameterMap = ReadonlyMap<string, string | true>

const NAMES: ReadonlySet<string> = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
])

/** @returns null when a name or a value is not defined for permessage-deflate (RFC 7692 §7.1), or a parameter came twice */
export function parseParameters({ parameters, repeated }: Extension & { readonly repeated: boolean }): ParsedParameters | null {
  const serverBits = windowBitsOf(parameters, 'server_max_window_bits')
  const clientBits = windowBitsOf(parameters, 'client_max_window_bits')
  const areNamesKnown = [...parameters.keys()].every((name) => NAMES.has(name))
  // RFC 7692 §7.1.1: no value; §7.1.2.1: server_max_window_bits has one.
  const areFlagsBare = isBare(parameters, 'server_no_context_takeover') && isBare(parameters, 'client_no_context_takeover')
  if (repeated || !areNamesKnown || !areFlagsBare || serverBits === null || serverBits === true || clientBits === null) return null
  return {
    serverNoContextTakeover: parameters.has('server_no_context_takeover'),
    clientNoContextTakeover: parameters.has('client_no_context_takeover'),
    serverMaxWindowBits: serverBits,
    clientMaxWindowBits: clientBits,
  }
}

function isBare(parameters: ParameterMap, name: string): boolean {
  const value = parameters.get(name)
  return value === undefined || value === true
}

/** RFC 7692 §7.1.2: a decimal integer from 8 to 15 without leading zeros. Null for anything else. */
function windowBitsOf(parameters: ParameterMap, name: string): number | true | undefined | null {
  const value = parameters.get(name)
  if (value === undefined || value === true) return value
  return /^([89]|1[0-5])$/.test(value) ? Number(value) : null
}
