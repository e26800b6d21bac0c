// The public door of @tocsin/client in Node. src/browser.ts is the other one, by the condition `browser`.
import { NodePlatform } from './dial/node-platform.js'
import { type WebSocketClientOptions, resolveDialSettings } from './dial/options.js'
import type { Target } from './handshake/target.js'
import { Client } from './shared/client.js'
import { type Engine, createEngine } from './shared/engine.js'
import type { UrlOption } from './shared/options.js'
import type { Message, Payload } from './shared/link.js'
import { readableOf, writableOf } from './shared/streams.js'

export { CloseCode, ProtocolError, UsageError, WebSocketError } from '@tocsin/core/protocol'
export type { HeadersOption, WebSocketClientOptions } from './dial/options.js'
export { RefusedError } from './handshake/refused-error.js'
export type { RequestHeaders } from './handshake/request.js'
export type { Target } from './handshake/target.js'
export type { Clock } from './shared/clock.js'
export type { ClientEvents, CloseEvent, DroppedEvent, OpenEvent, ReconnectingEvent } from './shared/events.js'
export type { ConnectInfo, HandshakeResponse, Message, Payload, SendOptions } from './shared/link.js'
export type { ClientOptions, UrlOption } from './shared/options.js'
export { readableOf, writableOf } from './shared/streams.js'
export type { Outcome, ReconnectOptions } from './shared/reconnect-policy.js'
export type { Unconfirmed } from './shared/outgoing.js'

/** A WebSocket that comes back by itself. It begins to connect at the end of the turn in which it was made. */
export class WebSocketClient extends Client<Target> {
  readonly #engine: Engine<Target>
  #readable: ReadableStream<Message> | undefined
  #writable: WritableStream<Payload> | undefined

  /**
   * @param url `ws:`, `wss:`, `http:` or `https:`; a function is asked, and awaited, at each attempt
   * @throws UsageError for a URL or an option that cannot be
   */
  constructor(url: UrlOption, options: WebSocketClientOptions = {}) {
    const engine = createEngine(new NodePlatform(resolveDialSettings(options)), url, options)
    super(engine)
    this.#engine = engine
  }

  /**
   * @param payload at most 125 bytes (RFC 6455 §5.5). @returns whether it was sent: not without a connection, nor after a Close frame
   * @throws UsageError for a payload that is too long
   */
  ping(payload: Payload = ''): boolean {
    return this.#engine.link?.ping?.(payload) ?? false
  }

  /** As a web stream; with `writable`, `Duplex.fromWeb(client)` makes a Node stream of it. It claims the messages when it is first read. */
  get readable(): ReadableStream<Message> {
    return (this.#readable ??= readableOf(this))
  }

  /** Each chunk is a message; a write waits until it has left this process. */
  get writable(): WritableStream<Payload> {
    return (this.#writable ??= writableOf(this))
  }
}
