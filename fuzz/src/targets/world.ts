// One endpoint with a clock of its own, watched: what it throws, how often connections end, and whether anything is left of them.
import { type EndpointOptions, Runtime, WebSocketEndpoint } from '@tocsin/core'
import { settle, virtualClock } from '@tocsin/testing'
import { demand } from '../target.js'

/** Longer than any deadline of an endpoint: heartbeat, closing handshake, opening handshake. */
const FOR_EVER = 120_000
/** Enough turns for handlers that take two each. */
const PATIENCE = 50

export interface World {
  readonly endpoint: WebSocketEndpoint
  /** Waits for the end of every connection and demands that nothing is left. Only a silent client is left to the deadlines. */
  finish(options?: { readonly byDeadline: boolean }): Promise<void>
}

export function makeWorld(options: EndpointOptions<undefined> = {}): World {
  const clock = virtualClock()
  const endpoint = new WebSocketEndpoint({ runtime: new Runtime({ clock }), pushOnly: true, ...options })
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
    demand(closed === accepted && closeEvents === accepted, () => `${accepted} accepted, ${closed} ended, ${closeEvents} close events`)
  }
  return { endpoint, finish }
}
