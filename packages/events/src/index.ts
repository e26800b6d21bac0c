// The public door of @tocsin/events. What stands here is the API; the rest is free to change.
export { type Channel, ChannelEvents, type ChannelEventHandler } from './channel-events.js'
export type { EventClient } from './client-channel.js'
export { defineEvents } from './define-events.js'
export { EndpointEvents, type EndpointEventHandler, type EventStats } from './endpoint-events.js'
export { type ErrorData, type ErrorIssue, EventError, type EventErrorOptions, RequestError, type RequestErrorCode } from './errors.js'
export type { EventId } from './event-id.js'
export type { EventMap, Exchange } from './event-map.js'
export type {
  AnyEvents,
  ChannelEventOptions,
  EndpointEventOptions,
  EventMessageOptions,
  EventSendOptions,
  EventOptions,
  NoEvents,
  RequestOptions,
  Timers,
} from './options.js'
export { type Schema, type SchemaInput, type SchemaIssue, type SchemaOutput, type SchemaResult, typed } from './schema.js'
