// What a client is to the suites: its name, what it is able to do, and how it is started.
import type { Agent } from '../agent.js'

/** What the API of a client lets one do; the rest every client can. The table in the README is made of this. */
export interface Abilities {
  /** It compresses what it sends, where permessage-deflate was agreed on; all of them inflate. */
  readonly compresses: boolean
  /** It can be told what to offer, or not to offer compression at all. */
  readonly chooses: boolean
  /** It can send a message in fragments. */
  readonly fragments: boolean
  /** It can send a Ping and sees the Pong. */
  readonly pings: boolean
  /** It tells the HTTP status of a refusal. */
  readonly seesStatus: boolean
}

export interface Client extends Abilities {
  readonly name: string
  /** Where it is not, its suite is skipped, by name. */
  readonly isAvailable: boolean
  /** The longest message it inflates, of those sent here: some clients have a limit against bombs that cannot be changed. */
  readonly largestInflated: number
  /** Over TLS it makes a WebSocket one stream of HTTP/2 where the server offers that (RFC 8441). */
  readonly http2: boolean
  start(): Promise<StartedClient>
}

export interface StartedClient {
  /** @param origin `http(s)://host:port` that it is about to connect to: a browser visits it first */
  agentFor(origin: string): Promise<Agent>
  stop(): Promise<void>
}
