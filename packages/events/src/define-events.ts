// The one way in: events over an endpoint, or over the one channel that a client has.
import type { WebSocketEndpoint } from '@tocsin/core'
import { type Channel, ChannelEvents } from './channel-events.js'
import { EndpointEvents } from './endpoint-events.js'
import type { EventMap } from './event-map.js'
import type { AnyEvents, ChannelEventOptions, EndpointEventOptions } from './options.js'

/**
 * Gives an endpoint events: text messages are `{ event, data, id }` from now on. Once per endpoint.
 * @param incoming what connections may send: names, and the schemas that their data must fit
 * @throws UsageError for an endpoint that has events already, an event called 'reply', or an option out of range
 */
export function defineEvents<Data, const Incoming extends EventMap, const Outgoing extends EventMap = AnyEvents>(
  endpoint: WebSocketEndpoint<Data>,
  incoming: Incoming,
  options?: EndpointEventOptions<Outgoing>,
): EndpointEvents<Data, Incoming, Outgoing>
/**
 * Gives a client's channel events; works in browsers.
 * @param incoming what the server may send: names, and the schemas that their data must fit
 */
export function defineEvents<const Incoming extends EventMap, const Outgoing extends EventMap = AnyEvents>(
  channel: Channel,
  incoming: Incoming,
  options?: ChannelEventOptions<Outgoing>,
): ChannelEvents<Incoming, Outgoing>
export function defineEvents(target: WebSocketEndpoint<unknown> | Channel, incoming: EventMap, options: object = {}): unknown {
  return 'onMessage' in target ? new ChannelEvents(target, incoming, options) : new EndpointEvents(target, incoming, options)
}
