// A client that comes back by itself, as a channel: WebSocketClient of @tocsin/client, from either of its doors, is one. Knows its
// shape, not the package: nothing of it is imported.
import type { KeepingChannel } from './channel-events.js'

/** All that is needed of a client which keeps what is sent while there is no connection, and says so. */
export interface EventClient {
  /** 1: open. */
  readonly readyState: number
  /** @returns false, and nothing was sent or kept */
  send(text: string): boolean
  on(event: 'open', handler: () => void): unknown
  on(event: 'message', handler: (message: unknown) => void): unknown
  /** A connection, or the attempt to make one, has ended. */
  on(event: 'close', handler: () => void): unknown
  /** What was kept was given to no connection, and never will be. */
  on(event: 'dropped', handler: (event: { readonly data: unknown }) => void): unknown
}

export function channelOf(client: EventClient): KeepingChannel {
  return {
    get isOpen() { return client.readyState === 1 },
    send: (text) => client.send(text),
    onOpen: (listener) => void client.on('open', listener),
    onMessage: (listener) => void client.on('message', listener),
    onClose: (listener) => void client.on('close', listener),
    onDropped: (listener) => void client.on('dropped', ({ data }) => listener(data)),
  }
}
