// What a server that others wrote is to the suites: its name, and how it is started. All of them do the same: they echo; on the path
// `/told` a text is an order, `close <code> <reason>`, `ping <payload>` (answered with `pong <payload>` when the Pong has come) or `fragments`;
// `/refusing?status=` refuses. They compress where the client offers it, and know the subprotocols chat.v2 and chat.v1.
import type { Way } from '../stage.js'

export interface OtherServer {
  readonly name: string
  /** Where it is not, its suite is skipped, by name. */
  readonly isAvailable: boolean
  start(): Promise<RunningServer>
}

export interface RunningServer extends Way {
  /** Without TLS: where proxies lead to. */
  readonly port: number
  stop(): Promise<void>
}

/** What `fragments` sends, piece by piece. */
export const FRAGMENTS = ['grü', 'ße ', '', '🌍']
