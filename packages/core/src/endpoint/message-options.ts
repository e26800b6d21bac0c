// How a message is sent to many. Types only.
import type { Connection } from '../connection/connection.js'
import type { SharedMessageOptions } from '../connection/shared-message.js'
import type { BroadcastOptions } from '../registry/broadcast.js'

export interface MessageOptions<Data> extends BroadcastOptions<Connection<Data>>, SharedMessageOptions {}
