// The public door of @tocsin/client in browsers: the same client on the browser's own WebSocket. No Node, and no other package.
import { browserPlatform } from './browser/browser-platform.js'
import { UsageError } from './browser/errors.js'
import { Client } from './shared/client.js'
import { createEngine } from './shared/engine.js'
import type { Payload } from './shared/link.js'
import type { ClientOptions, UrlOption } from './shared/options.js'

export { UsageError, WebSocketError } from './browser/errors.js'
export type { Clock } from './shared/clock.js'
export type { ClientEvents, CloseEvent, DroppedEvent, OpenEvent, ReconnectingEvent } from './shared/events.js'
export type { ConnectInfo, HandshakeResponse, Message, Payload, SendOptions } from './shared/link.js'
export type { ClientOptions, UrlOption } from './shared/options.js'
export { readableOf, writableOf } from './shared/streams.js'
export type { Outcome, ReconnectOptions } from './shared/reconnect-policy.js'
export type { Unconfirmed } from './shared/outgoing.js'

/** What a page can say; the other options of Node are a UsageError, or of no effect. */
export type WebSocketClientOptions = ClientOptions

/** A WebSocket that comes back by itself. It begins to connect at the end of the turn in which it was made. */
export class WebSocketClient extends Client<string> {
  /**
   * @param url relative to the page; a function is asked, and awaited, at each attempt
   * @throws UsageError for a URL or an option that cannot be
   */
  constructor(url: UrlOption, options: WebSocketClientOptions = {}) {
    // A page cannot set headers, and must not believe that it did.
    if ('headers' in options) throw new UsageError('WS_ERR_INVALID_OPTION')
    super(createEngine(browserPlatform, url, options))
  }
  /** @returns false: a browser has no Pings */
  ping(_payload?: Payload): boolean {
    return false
  }
}
