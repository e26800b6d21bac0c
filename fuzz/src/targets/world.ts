// One endpoint with a clock of its own, watched: what it throws, how often connections end, and whether anything is left of them.
import { type EndpointOptions, Runtime, WebSocketEndpoint, ZlibPool } from '@tocsin/core'
import { settle, virtualClock } from '@tocsin/testing'
import { demand } from '../target.js'

/** Longer than any deadline of an endpoint: heartbeat, closing handshake, opening handshake. */
const FOR_EVER = 120_000
/** Enough turns for handlers that take two each. */
const PATIENCE = 50

/** Whether there is memory for zlib states: enough; none to be held from turn to turn; or a Node that does not let its states be driven. */
export type Room = 'enough' | 'none' | 'one-shot'

/** For all worlds: making a pool costs more than a whole run. */
const POOLS: Record<Room, ZlibPool> = {
  'enough': new ZlibPool(),
  'none': new ZlibPool({ budget: 0 }),
  'one-shot': new ZlibPool({ reusesContexts: false }),
}

export interface World {
  readonly endpoint: WebSocketEndpoint
  /** Waits for the end of every connection and demands that nothing is left. Only a silent client is left to the deadlines. */
  finish(options?: { readonly byDeadline: boolean }): Promise<void>
}

export interface WorldOptions extends EndpointOptions<undefined> {
  /** @default 'enough' */
  readonly room?: Room
}

export function makeWorld({ room = 'enough', ...options }: WorldOptions = {}): World {
  const clock = virtualClock()
  const zlib = POOLS[room]
  const endpoint = new WebSocketEndpoint({ runtime: new Runtime({ clock, zlib }), pushOnly: true, ...options })
  const errors: unknown[] = []
  let closeEvents = 0
  endpoint.on('error', (error) => { errors.push(error) })
  endpoint.on('close', () => { closeEvents++ })
  const finish: World['finish'] = async ({ byDeadline } = { byDeadline: false }) => {
    if (byDeadline) await clock.advanceAsync(FOR_EVER)
    // A close event waits for the handlers in flight
    const isOver = (): boolean => endpoint.connections.size === 0 && closeEvents === endpoint.stats().accepted
    for (let rounds = 0; rounds < PATIENCE && !isOver(); rounds++) await settle()
    const { connections, pendingHandshakes, accepted, closed } = endpoint.stats()
    if (errors.length > 0) throw errors[0]
    demand(connections === 0 && pendingHandshakes === 0, () => `left behind: ${connections} connections, ${pendingHandshakes} handshakes`)
    demand(zlib.heldBytes === 0, () => `left behind: ${zlib.heldBytes} bytes of zlib states`)
    demand(closed === accepted && closeEvents === accepted, () => `${accepted} accepted, ${closed} ended, ${closeEvents} close events`)
  }
  return { endpoint, finish }
}
