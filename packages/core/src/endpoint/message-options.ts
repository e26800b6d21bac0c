// How a message is sent to many. Types only.
import type { Connection } from '../connection/connection.js'
import type { BroadcastOptions } from '../registry/broadcast.js'

export interface MessageOptions<Data> extends BroadcastOptions<Connection<Data>> {
  /** Bytes are UTF-8 text already: send them as a text message, unchecked. @default false */
  readonly text?: boolean | undefined
}
