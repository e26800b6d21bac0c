// What the parent asks of a load process, and what it hears back. Types only.

export interface EchoTask {
  readonly kind: 'echo'
  readonly port: number
  readonly connections: number
  /** Messages in flight on each connection. */
  readonly depth: number
  /** Bytes of payload. */
  readonly size: number
  /** Milliseconds. */
  readonly duration: number
  /** The server sends every byte back as it is, masked frames included. */
  readonly isRaw: boolean
}

export interface BroadcastTask {
  readonly kind: 'broadcast'
  readonly port: number
  readonly connections: number
  /** Broadcasts that the server makes in one turn. */
  readonly perTurn: number
  readonly duration: number
}

export type Task = EchoTask | BroadcastTask

export interface LoadReport {
  /** Answers that came whole and right; of a broadcast, each receiver counts. */
  readonly messages: number
  /** Milliseconds. */
  readonly elapsed: number
}
