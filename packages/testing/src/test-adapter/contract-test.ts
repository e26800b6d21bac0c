// What a test of the contract is, and the few things that many of them need. Knows endpoints, no adapter.
import { type EndpointOptions, WebSocketEndpoint } from '@tocsin/core'
import type { AppOptions, Stage } from './stage.js'

/** Starts an application; the suite ends it after the test, also when that failed. */
type Start = (options: AppOptions) => Promise<Stage>

/** One row of the contract. */
export interface ContractTest {
  /** Begins with the row of FEATURES or SECURITY that it proves. */
  readonly title: string
  run(start: Start): Promise<void>
}

/** Tests of one subject. */
export interface Theme {
  readonly title: string
  readonly tests: readonly ContractTest[]
}

/** An endpoint that sends every message back. */
export function echo(options: EndpointOptions<unknown> = {}): WebSocketEndpoint<unknown> {
  return new WebSocketEndpoint<unknown>(options).on('message', (connection, message) => { connection.send(message) })
}

/** A promise and the way to settle it, for middleware that a test holds up. */
export class Gate {
  readonly opened: Promise<void>
  open!: () => void

  constructor() {
    this.opened = new Promise((resolve) => { this.open = resolve })
  }
}
