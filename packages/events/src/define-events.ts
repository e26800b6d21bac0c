// The one way in: events over an endpoint, or over the one channel that a client has.
import type { WebSocketEndpoint } from '@tocsin/core'
import { type Channel, ChannelEvents } from './channel-events.js'
import { channelOf, type EventClient } from './client-channel.js'
import { EndpointEvents } from './endpoint-events.js'
import type { EventMap } from './event-map.js'
import type { AnyEvents, ChannelEventOptions, EndpointEventOptions, NoEvents } from './options.js'

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
 * Gives a client events: the WebSocketClient of @tocsin/client, in Node and in browsers, or any other through a `Channel`.
 * @param incoming what the server may send: names, and the schemas that their data must fit. @default nothing
 */
export function defineEvents<const Incoming extends EventMap = NoEvents, const Outgoing extends EventMap = AnyEvents>(
  client: EventClient | Channel,
  incoming?: Incoming,
  options?: ChannelEventOptions<Outgoing>,
): ChannelEvents<Incoming, Outgoing>
export function defineEvents(target: WebSocketEndpoint<unknown> | EventClient | Channel, incoming: EventMap = {}, options: object = {}): unknown {
  if ('intercept' in target) return new EndpointEvents(target, incoming, options)
  return new ChannelEvents('onMessage' in target ? target : channelOf(target), incoming, options)
}
