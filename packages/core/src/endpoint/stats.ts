// What an endpoint has done since it was made (FEATURES A31). Numbers only.
import type { ConnectionCounters } from '../connection/settings.js'

export interface EndpointStats extends Readonly<ConnectionCounters> {
  /** Connections now, closing ones included. */
  readonly connections: number
  /** Handshakes that wait for a decision. */
  readonly pendingHandshakes: number
  /** Topics with a subscriber. */
  readonly topics: number
  /** Connections that were established. */
  readonly accepted: number
  /** Requests that were answered without becoming a WebSocket, or whose peer went away before. */
  readonly refused: number
  /** Connections that have ended. */
  readonly closed: number
}

export class EndpointCounters implements ConnectionCounters {
  messagesReceived = 0
  messagesSent = 0
  bytesReceived = 0
  bytesSent = 0
  bytesDropped = 0
  messagesDropped = 0
  sendsRefused = 0
  slowConsumersClosed = 0
  congested = 0
  messagesDeflated = 0
  messagesInflated = 0
  accepted = 0
  refused = 0
  closed = 0
}
