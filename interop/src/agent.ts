// What every client can be told, in plain values: an agent may live in this process, in a page of a browser or in another language.

/** One message, said briefly: both ends of a test may be in different processes, and 16 MiB are not handed over as JSON. */
export type Sample = TextSample | BinarySample

export interface TextSample {
  readonly text: string
  /** How often it is repeated. @default 1 */
  readonly times?: number
}

export interface BinarySample {
  readonly bytes: number
  /** `noise` cannot be compressed, `counter` can: a 32-bit number that grows, each written four times. */
  readonly of: 'noise' | 'counter'
}

/** The parameters of an offer of permessage-deflate, as RFC 7692 §7.1 names them; true: what the client offers by itself. */
export interface Offer {
  readonly server_no_context_takeover?: true
  readonly client_no_context_takeover?: true
  readonly server_max_window_bits?: number
  readonly client_max_window_bits?: number | true
}

export interface OpenOptions {
  readonly subprotocols?: readonly string[]
  /** Only for a client that `chooses` its offer. @default true */
  readonly compression?: boolean | Offer
  /** A Ping of the client's own every two seconds. Only our client can be told. @default none */
  readonly pings?: boolean
}

export type Opened =
  | { readonly session: number; readonly subprotocol: string; readonly extensions: string }
  /** In the client's own words. */
  | { readonly refused: string }

export type Received = { readonly text: string } | { readonly hex: string }

export interface Closed {
  readonly code: number
  readonly reason: string
  readonly clean: boolean
}

export interface Agent {
  open(url: string, options?: OpenOptions): Promise<Opened>
  /** Sends them all, then compares what comes back with what was sent. @returns what was different, in words: nothing, if all is well */
  echo(session: number, samples: readonly Sample[]): Promise<string[]>
  send(session: number, sample: Sample): Promise<void>
  /** The next message that `echo` has not taken; only for short ones. */
  receive(session: number): Promise<Received>
  /** Starts the closing handshake and waits for its end. */
  close(session: number, code?: number, reason?: string): Promise<Closed>
  closed(session: number): Promise<Closed>
  /** As one message, each sample a fragment or more. Only where the client can. @returns what was different in its echo */
  echoFragments(session: number, samples: readonly Sample[]): Promise<string[]>
  /** Sends a Ping. Only where the client can. @returns the payload of the Pong */
  ping(session: number, payload: string): Promise<string>
}

export type Command = keyof Agent
export type Call = (command: Command, args: readonly unknown[]) => Promise<unknown>

const COMMANDS: readonly Command[] = ['open', 'echo', 'send', 'receive', 'close', 'closed', 'echoFragments', 'ping']

/** An agent that lives elsewhere. */
export function remoteAgent(call: Call): Agent {
  return Object.fromEntries(COMMANDS.map((command) => [command, (...args: unknown[]) => call(command, args)])) as unknown as Agent
}
