// The endpoint behind a gateway, as `@WebSocketServer()` hands it out: core's, which also sends messages by event and data.
import { type Connection, type EndpointOptions, type MessageOptions, type Payload, type SendOptions, WebSocketEndpoint } from '@tocsin/core'
import { jsonFormat } from '../message/json-format.js'
import type { GatewayMessage, MessageFormat } from '../message/message-format.js'

/** Bytes or a string, sent as they are, or `{ event, data }`, which the gateway's format writes. */
export type Sendable = Payload | GatewayMessage

/** Without what its type knows about hooks: which of its constructors was used, a subclass cannot say. */
const Base = WebSocketEndpoint as new <Data>(options?: EndpointOptions<Data>) => WebSocketEndpoint<Data>

export class GatewayEndpoint<Data = unknown> extends Base<Data> {
  readonly #format: MessageFormat

  constructor(options: EndpointOptions<Data> = {}, format: MessageFormat = jsonFormat) {
    super(options)
    this.#format = format
  }

  /** The connections as a set, as a server of `ws` has them. A copy; `connections` is the real thing. */
  get clients(): Set<Connection<Data>> {
    return new Set(this.connections)
  }

  /** Sends to one connection. @returns whether it was accepted */
  send(connection: Connection<Data>, message: Sendable, options?: SendOptions): boolean {
    return connection.send(encode(message, this.#format), options)
  }

  override broadcast(message: Sendable, options?: MessageOptions<Data>): number {
    return super.broadcast(encode(message, this.#format), options)
  }

  override publish(topic: string, message: Sendable, options?: MessageOptions<Data>): number {
    return super.publish(topic, encode(message, this.#format), options)
  }
}

export function encode(message: Sendable, format: MessageFormat): Payload {
  return typeof message === 'object' && 'event' in message ? format.serialize(message) : message
}
