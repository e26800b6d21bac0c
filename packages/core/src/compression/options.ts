// The options of permessage-deflate, documented once, here, and the check that turns them into a policy.
import { UsageError } from '../protocol/errors.js'

/** How messages are compressed (RFC 7692). What is agreed on with one client depends on its offer, too. */
export interface CompressionOptions {
  /**
   * Our side forgets each message after it (RFC 7692 §7.1.1.1). False keeps what was sent as context, if the client lets
   * us: small messages that resemble each other get two to three times smaller. Cost: about 290 KiB for each connection that
   * was sent something (130 with 12 window bits and memLevel 5), within the budget of `ZlibPool`; beyond it new
   * connections get none. A broadcast starts the context anew. @default true
   */
  readonly serverNoContextTakeover?: boolean
  /** The client forgets each message after it (§7.1.1.2). False lets it keep its context. Cost: about 46 KiB for each connection that has sent something, within the same budget. @default true */
  readonly clientNoContextTakeover?: boolean
  /** Our LZ77 window, as the base-2 logarithm of its size: 8 to 15 (§7.1.2.1). Smaller: less memory where contexts are kept, larger messages. @default 15 */
  readonly serverMaxWindowBits?: number
  /** The client's window (§7.1.2.2), 8 to 15; asked for where the client allows that. @default 15 */
  readonly clientMaxWindowBits?: number
  /** Bytes; a shorter message goes out uncompressed unless `compress: true` says otherwise. Below, it hardly shrinks without context. @default 512 */
  readonly threshold?: number
  /** zlib's level, 0 to 9. Above 1: up to a tenth smaller, at two to four times the CPU. @default 1 */
  readonly level?: number
  /** zlib's memLevel, 1 to 9: memory of the deflating side. @default 8 */
  readonly memLevel?: number
}

/** The options with their defaults. */
export type CompressionPolicy = Required<CompressionOptions>

const DEFAULTS: CompressionPolicy = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
  threshold: 512,
  level: 1,
  memLevel: 8,
}

/** @returns undefined when messages are not compressed. @throws UsageError `WS_ERR_INVALID_OPTION` */
export function resolveCompression(options: boolean | CompressionOptions | undefined): CompressionPolicy | undefined {
  if (options === undefined || options === false) return undefined
  if (options === true) return DEFAULTS
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw invalid('', 'true, false or an object')
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const policy = { ...DEFAULTS, ...Object.fromEntries(given) } as CompressionPolicy
  for (const [name, value] of given) checkOption(name, value)
  return policy
}

function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(DEFAULTS, name)) throw invalid(`.${name}`, 'left out: there is no such option')
  if (name === 'threshold') {
    if (typeof value !== 'number' || !(value >= 0)) throw invalid('.threshold', 'a number of bytes, 0 or more')
  } else if (name === 'serverNoContextTakeover' || name === 'clientNoContextTakeover') {
    if (typeof value !== 'boolean') throw invalid(`.${name}`, 'true or false')
  } else {
    checkRange(name, value, RANGES[name as keyof typeof RANGES])
  }
}

const RANGES = { serverMaxWindowBits: [8, 15], clientMaxWindowBits: [8, 15], level: [0, 9], memLevel: [1, 9] } as const

function checkRange(name: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) throw invalid(`.${name}`, `a whole number from ${least} to ${most}`)
}

function invalid(name: string, expected: string): UsageError {
  return new UsageError('WS_ERR_INVALID_OPTION', `the option compression${name} must be ${expected}`)
}
