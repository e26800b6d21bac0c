// What an operator can watch from outside: the channels of node:diagnostics_channel, with stable names and messages. Knows no
// connection and no endpoint; whoever publishes asks `hasSubscribers` first, so that nobody pays who does not watch.
import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** A connection as far as diagnostics know it; subscribers get the whole `Connection`. */
export interface ObservedConnection {
  readonly id: string
  readonly remoteAddress: string | undefined
}

/** `tocsin:refused`: a request ended without becoming a WebSocket. */
export interface RefusedDiagnostic {
  readonly request: IncomingMessage
  /** Undefined where the dispatcher refused it before any endpoint was asked. */
  readonly endpoint: string | undefined
  /** The HTTP status that was answered; 0 when the peer was gone before. */
  readonly status: number
  /** `WS_...`, stable. */
  readonly code: string
  readonly reason: string
}

/** `tocsin:limit`: a limit was reached. */
export interface LimitDiagnostic {
  /** The option's name, such as `maxConnectionsPerAddress`. */
  readonly limit: string
  readonly action: 'refuse' | 'pause' | 'close'
  /** Undefined for limits that hold before the 101. */
  readonly connection: ObservedConnection | undefined
  readonly remoteAddress: string | undefined
}

/** `tocsin:slow-consumer`: the policy for peers that do not keep up was applied; once per message that it concerns. */
export interface SlowConsumerDiagnostic {
  readonly connection: ObservedConnection
  readonly policy: 'close' | 'drop-newest' | 'drop-oldest' | 'latest'
  /** What waited to be sent when it was applied. */
  readonly bufferedAmount: number
  /** What was dropped, in bytes. */
  readonly dropped: number
}

/** `tocsin:failed`: a connection was failed (RFC 6455 §7.1.7) or cut: by a broken rule, a limit, the heartbeat, a deadline. */
export interface FailedDiagnostic {
  readonly connection: ObservedConnection
  readonly code: number
  readonly reason: string
  readonly error: Error | undefined
}

/** `tocsin:error`: a handler or hook of the application threw or rejected, or something was used wrongly. */
export interface ErrorDiagnostic {
  readonly endpoint: string
  readonly connection: ObservedConnection | undefined
  readonly error: unknown
}

/** `tocsin:drain`: an endpoint ends its connections. */
export interface DrainDiagnostic {
  readonly endpoint: string
  readonly phase: 'begin' | 'deadline' | 'end'
  /** Connections that are left. */
  readonly connections: number
}

/** What the subscribers of each channel get: `subscribe(name, (message) => ...)` of node:diagnostics_channel types it as unknown. */
export interface DiagnosticMessages {
  readonly 'tocsin:refused': RefusedDiagnostic
  readonly 'tocsin:limit': LimitDiagnostic
  readonly 'tocsin:slow-consumer': SlowConsumerDiagnostic
  readonly 'tocsin:failed': FailedDiagnostic
  readonly 'tocsin:error': ErrorDiagnostic
  readonly 'tocsin:drain': DrainDiagnostic
}

/** A channel of node:diagnostics_channel, as its publisher sees it. */
export interface DiagnosticChannel<Message> {
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

/** The channels; `node:diagnostics_channel`'s `subscribe(name, ...)` finds the same ones by their names. */
export const diagnostics: {
  readonly refused: DiagnosticChannel<RefusedDiagnostic>
  readonly limit: DiagnosticChannel<LimitDiagnostic>
  readonly slowConsumer: DiagnosticChannel<SlowConsumerDiagnostic>
  readonly failed: DiagnosticChannel<FailedDiagnostic>
  readonly error: DiagnosticChannel<ErrorDiagnostic>
  readonly drain: DiagnosticChannel<DrainDiagnostic>
} = Object.freeze({
  refused: channel('tocsin:refused'),
  limit: channel('tocsin:limit'),
  slowConsumer: channel('tocsin:slow-consumer'),
  failed: channel('tocsin:failed'),
  error: channel('tocsin:error'),
  drain: channel('tocsin:drain'),
})
