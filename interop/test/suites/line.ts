// What a suite is given: a client, and the way it takes.
import type { OpenOptions } from '../../src/agent.js'
import type { Client } from '../../src/clients/client.js'
import type { EndpointPath } from '../../src/echo-server.js'
import type { Encounter } from '../../src/stage.js'

/** A client, and somebody who sends back what it sends. */
export interface Conversing {
  open(): Promise<Pick<Encounter, 'echo'>>
}

export interface Line extends Conversing {
  readonly client: Client
  open(path?: EndpointPath, options?: OpenOptions): Promise<Encounter>
  /** What the client says when it is not let in. */
  refusal(status: number): Promise<string>
}
