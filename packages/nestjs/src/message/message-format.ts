// How messages look on the wire. Types, and the one error that says what is wrong with one; knows no connection.

/** What ties an answer to its request: chosen by the client. */
export type MessageId = string | number

/** One message, whatever the wire makes of it. */
export interface GatewayMessage {
  readonly event: string
  readonly data?: unknown
  /** Comes back with every answer to this message. */
  readonly id?: MessageId | undefined
}

/** A wire format. JSON by default; MessagePack, Protocol Buffers or any other are a few lines. */
export interface MessageFormat {
  /**
   * Reads a message: a string for text, a Buffer for binary.
   * @throws anything: the sender is told that the message is bad; what a `BadMessage` says goes to it
   */
  parse(message: string | Buffer): GatewayMessage
  /** Writes a message: a string goes out as text, bytes as binary. */
  serialize(message: GatewayMessage): string | Uint8Array
  /** Writes what a handler returned that is no message, to a client that sent no id. @default as 'reply' */
  serializeValue?(value: unknown): string | Uint8Array
}

/** A message that cannot be read. Its text goes to the sender. */
export class BadMessage extends Error {
  override get name(): string {
    return 'BadMessage'
  }
}
