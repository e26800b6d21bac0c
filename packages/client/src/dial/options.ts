// The options that only Node has, documented once, here, and the check that turns them into settings.
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { type CompressionOptions, type CompressionPolicy, resolveCompression } from '@tocsin/core/compression'
import { checkSubprotocolOption } from '@tocsin/core/handshake'
import { UsageError } from '@tocsin/core/protocol'
import { type RequestHeaders, ownLines } from '../handshake/request.js'
import type { Target } from '../handshake/target.js'
import type { ClientOptions } from '../shared/options.js'
import type { HeartbeatOptions } from '../wire/heartbeat.js'

export type HeadersOption = RequestHeaders | (() => RequestHeaders | Promise<RequestHeaders>)

/** Sizes in bytes, times in milliseconds. */
export interface WebSocketClientOptions extends ClientOptions {
  /** Fields for the request, cookies included; a function is asked, and awaited, at each attempt. @default none */
  readonly headers?: HeadersOption
  /** The Origin field: the page that the client claims to be on. @default none, as clients that are not browsers */
  readonly origin?: string
  /** permessage-deflate (RFC 7692) is offered: true, or with parameters. @default false */
  readonly compression?: boolean | CompressionOptions
  /** A longer message fails the connection with 1009 as soon as its header declares it. @default 1 MiB */
  readonly maxMessageSize?: number
  /** A Ping after each interval; false: none. @default 30_000 */
  readonly pingInterval?: number | false
  /** After a Ping the connection is cut when no byte comes for so long. @default 20_000 */
  readonly pongTimeout?: number
  /** Redirects that an attempt follows: never from wss: to ws:, and to another origin without Authorization and Cookie. @default 0 */
  readonly followRedirects?: number
  /** For `tls.connect()`: `ca`, `cert` and `key`, `rejectUnauthorized` and so on. @default none */
  readonly tls?: ConnectionOptions
  /** In place of DNS, as `net.connect()` takes it. @default dns.lookup */
  readonly lookup?: LookupFunction
  /**
   * In place of TCP: a stream that leads to `target.host` and `target.port`, through a proxy, say. For `wss:` TLS is spoken on
   * top of it. It is destroyed when the attempt is given up. @default none
   */
  readonly connect?: (target: Target, signal: AbortSignal) => Duplex | Promise<Duplex>
}

export interface DialSettings {
  readonly headers: () => Promise<RequestHeaders>
  readonly origin: string | undefined
  readonly subprotocols: readonly string[]
  readonly compression: CompressionPolicy | undefined
  readonly maxMessageSize: number
  readonly heartbeat: HeartbeatOptions
  readonly followRedirects: number
  readonly tls: ConnectionOptions
  readonly lookup: LookupFunction | undefined
  readonly connect: WebSocketClientOptions['connect']
}

/** The longest string of Node, and well below its largest Buffer. */
const MAX_SIZE = 0x1fff_ffe8

export function resolveDialSettings(options: WebSocketClientOptions): DialSettings {
  const { headers = {}, subprotocols = [], maxMessageSize = 1024 * 1024 } = options
  const { pingInterval = 30_000, pongTimeout = 20_000, followRedirects = 0 } = options
  checkSubprotocolOption(subprotocols)
  checkNumbers(options)
  if (typeof headers !== 'function') ownLines(headers)
  check(Number.isInteger(maxMessageSize) && maxMessageSize >= 0 && maxMessageSize <= MAX_SIZE, 'maxMessageSize', `0 to ${MAX_SIZE} bytes`)
  check(pingInterval === false || pingInterval > 0, 'pingInterval', 'a number of milliseconds above 0, or false')
  check(pongTimeout > 0, 'pongTimeout', 'a number of milliseconds above 0')
  check(followRedirects >= 0, 'followRedirects', 'a number of 0 or more')
  return {
    headers: async () => (typeof headers === 'function' ? headers() : headers),
    origin: options.origin,
    subprotocols,
    compression: resolveCompression(options.compression),
    maxMessageSize,
    heartbeat: { interval: pingInterval === false ? Infinity : pingInterval, timeout: pongTimeout },
    followRedirects,
    tls: options.tls ?? {},
    lookup: options.lookup,
    connect: options.connect,
  }
}

/** What browsers have as well, and do not check, for the sake of their size. */
function checkNumbers({ handshakeTimeout, closeTimeout, maxQueueSize, maxQueueAge, reconnect }: WebSocketClientOptions): void {
  const { final: _, jitter: __, ...delays } = typeof reconnect === 'object' ? reconnect : { initialDelay: Number(reconnect ?? 0) }
  const amounts = { handshakeTimeout, closeTimeout, maxQueueSize, maxQueueAge, ...prefixed('reconnect.', delays) }
  for (const [name, value] of Object.entries(amounts)) {
    check(value === undefined || (typeof value === 'number' && value >= 0), name, 'a number of 0 or more')
  }
}

function prefixed(prefix: string, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value as unknown]))
}

function check(isValid: boolean, option: string, expected: string): void {
  if (!isValid) throw new UsageError('WS_ERR_INVALID_OPTION', `the option ${option} must be ${expected}`)
}
