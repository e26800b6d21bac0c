// Every option of an endpoint, documented once, here; and the check that turns them into settings. Knows no connection.
import type { IncomingMessage } from 'node:http'
import { type CompressionOptions, resolveCompression } from '../compression/options.js'
import { type SendLimitOptions, resolveSendLimits } from '../connection/send-limits.js'
import type { ConnectionSettings } from '../connection/settings.js'
import { type HostPolicy, compileAllowedHosts } from '../handshake/allowed-hosts.js'
import { type OriginOption, type OriginPolicy, compileOrigins } from '../handshake/origin.js'
import { type SubprotocolOption, checkSubprotocolOption } from '../handshake/subprotocol.js'
import { UsageError } from '../protocol/errors.js'
import { type Runtime, processRuntime } from '../runtime.js'
import type { Decision } from './decision.js'
import type { Handshake } from './handshake.js'
import { type TrustedProxies, compileTrustedProxies } from './request-view.js'

/** Sizes in bytes, times in milliseconds. A value out of range is a UsageError when the endpoint is made. */
export interface EndpointOptions<Data> extends SendLimitOptions {
  /** Tells endpoints of one process apart in logs, and on a backplane. @default 'default' */
  readonly name?: string
  /**
   * Decides each upgrade before its 101: `handshake.accept(data)`, `.reject(status)` or `.respond(response)`, at once or
   * later. Whoever has this hook must not pass `data` from a route as well. @default accepts with `undefined`
   */
  readonly upgrade?: (handshake: Handshake) => Decision<Data> | Promise<Decision<Data>>
  /**
   * Which pages may connect: 'same' compares Origin with Host; a list holds exact origins; a function decides. A request
   * without Origin, which no browser sends, passes unless a function refuses it. Risk of 'any': cross-site WebSocket
   * hijacking where cookies authenticate. @default 'same'
   */
  readonly origins?: OriginOption<IncomingMessage>
  /** Host names to be served under, against DNS rebinding: 'chat.example', 'localhost:3000', '*.example'. @default all */
  readonly allowedHosts?: readonly string[]
  /**
   * Addresses and networks ('10.0.0.0/8', '::1', 'loopback') whose X-Forwarded-For, -Proto and -Host are believed. Risk:
   * whoever can connect from there can claim any address. @default none
   */
  readonly trustedProxies?: readonly string[]
  /** Subprotocols in order of preference, or a chooser; never answers with one that was not offered. @default none */
  readonly subprotocols?: SubprotocolOption<IncomingMessage>
  /** A longer message fails the connection with 1009 as soon as its header declares it. Cost: memory per connection. @default 1 MiB */
  readonly maxMessageSize?: number
  /** From the request to the decision; then 503. @default 10_000 */
  readonly handshakeTimeout?: number
  /** For the closing handshake: what still waits to be sent, our Close and the peer's; then TCP is cut. @default 10_000 */
  readonly closeTimeout?: number
  /** A Ping after `interval` without a received byte; dead after `timeout` more. False: neither. @default 25_000 and 20_000 */
  readonly heartbeat?: false | { readonly interval?: number; readonly timeout?: number }
  /** Messages that wait behind one in flight before reading stops, per connection. @default 16 */
  readonly maxQueuedMessages?: number
  /** Text messages as strings, or as the bytes of their UTF-8, which spares decoding; handlers learn the kind from their third argument. @default 'string' */
  readonly text?: 'string' | 'bytes'
  /**
   * permessage-deflate (RFC 7692): true, or with parameters. Cost: CPU for each message of `threshold` bytes or more. Risk: where
   * a secret and something that an attacker chooses are in one message, its length tells of the secret (CRIME). @default false
   */
  readonly compression?: boolean | CompressionOptions
  /**
   * Frames that the `frame` event hands to the application. With `ping`, answering Pings is the application's duty
   * (RFC 6455 §5.5.2); Close is answered in any case. @default none
   */
  readonly deliver?: { readonly close?: boolean; readonly ping?: boolean; readonly pong?: boolean }
  /** This endpoint only sends: no `message` or `open` handler is needed. @default false */
  readonly pushOnly?: boolean
  /** `httpServer.close()` also closes the connections that came through that server, with 1001. @default true */
  readonly drainOnServerClose?: boolean
  /** What endpoints share; tests make their own. @default the one of this process */
  readonly runtime?: Runtime
}

/** The options with their defaults, compiled. */
export interface ResolvedOptions<Data> extends ConnectionSettings {
  readonly name: string
  readonly decide: EndpointOptions<Data>['upgrade'] | undefined
  readonly isOriginAllowed: OriginPolicy<IncomingMessage>
  readonly isHostAllowed: HostPolicy
  readonly trustedProxies: TrustedProxies
  readonly subprotocols: SubprotocolOption<IncomingMessage> | undefined
  readonly handshakeTimeout: number
  readonly pushOnly: boolean
  readonly drainOnServerClose: boolean
  readonly runtime: Runtime
}

/** The longest string of Node, and well below its largest Buffer. */
const MAX_SIZE = 0x1fff_ffe8

export function resolveOptions<Data>(options: EndpointOptions<Data>): ResolvedOptions<Data> {
  if (options.subprotocols !== undefined) checkSubprotocolOption(options.subprotocols)
  checkKinds(options)
  const { close = false, ping = false, pong = false } = options.deliver ?? {}
  return {
    name: options.name ?? 'default',
    decide: options.upgrade,
    isOriginAllowed: compileOrigins(options.origins ?? 'same'),
    isHostAllowed: options.allowedHosts === undefined ? () => true : compileAllowedHosts(options.allowedHosts),
    trustedProxies: compileTrustedProxies(options.trustedProxies ?? []),
    subprotocols: options.subprotocols,
    ...limitsOf(options),
    sendLimits: resolveSendLimits(options),
    heartbeat: heartbeatOf(options.heartbeat),
    text: options.text ?? 'string',
    compression: resolveCompression(options.compression),
    deliver: { close, ping, pong },
    pushOnly: options.pushOnly ?? false,
    drainOnServerClose: options.drainOnServerClose ?? true,
    runtime: options.runtime ?? processRuntime(),
  }
}

/** What TypeScript sees to already, for those who do without it, or cast a value of the environment. */
function checkKinds<Data>({ name, upgrade, text, heartbeat, trustedProxies }: EndpointOptions<Data>): void {
  check(name === undefined || (typeof name === 'string' && name !== ''), 'name', 'a string that is not empty')
  check(upgrade === undefined || typeof upgrade === 'function', 'upgrade', 'a function')
  check(text === undefined || text === 'string' || text === 'bytes', 'text', "'string' or 'bytes'")
  check(heartbeat === undefined || heartbeat === false || typeof heartbeat === 'object', 'heartbeat', 'false, or an object with interval and timeout')
  check(trustedProxies === undefined || Array.isArray(trustedProxies), 'trustedProxies', 'a list')
}

function limitsOf(options: EndpointOptions<unknown>): Pick<ResolvedOptions<unknown>, 'maxMessageSize' | 'maxQueuedMessages' | 'handshakeTimeout' | 'closeTimeout'> {
  const { maxMessageSize = 1024 * 1024, maxQueuedMessages = 16 } = options
  const { handshakeTimeout = 10_000, closeTimeout = 10_000 } = options
  check(Number.isInteger(maxMessageSize) && maxMessageSize >= 0 && maxMessageSize <= MAX_SIZE, 'maxMessageSize', `0 to ${MAX_SIZE} bytes`)
  check(Number.isInteger(maxQueuedMessages) && maxQueuedMessages > 0, 'maxQueuedMessages', 'a whole number above 0')
  check(isAboveZero(handshakeTimeout), 'handshakeTimeout', 'a number of milliseconds above 0')
  check(isAboveZero(closeTimeout), 'closeTimeout', 'a number of milliseconds above 0')
  return { maxMessageSize, maxQueuedMessages, handshakeTimeout, closeTimeout }
}

function heartbeatOf(option: EndpointOptions<unknown>['heartbeat']): ConnectionSettings['heartbeat'] {
  if (option === false) return undefined
  const { interval = 25_000, timeout = 20_000 } = option ?? {}
  check(isAboveZero(interval), 'heartbeat.interval', 'a number of milliseconds above 0, or heartbeat: false')
  check(isAboveZero(timeout), 'heartbeat.timeout', 'a number of milliseconds above 0')
  return { interval, timeout }
}

/** Infinity is a number, and switches the limit off. */
function isAboveZero(value: number): boolean {
  return typeof value === 'number' && value > 0
}

function check(isValid: boolean, option: string, expected: string): void {
  if (!isValid) throw invalid(option, expected)
}

function invalid(option: string, expected: string): UsageError {
  return new UsageError('WS_ERR_INVALID_OPTION', `the option ${option} must be ${expected}`)
}
