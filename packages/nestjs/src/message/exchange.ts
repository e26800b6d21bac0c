// One message and its answers. Knows how to answer; what the answer is, is the handler's.
import type { ArgumentsHost, Logger } from '@nestjs/common'
import { WsException, type WsResponse } from '@nestjs/websockets'
import { CloseCode, type Connection } from '@tocsin/core'
import { internalError, reportOf, type DescribeError } from './error-report.js'
import { BadMessage, type MessageFormat, type MessageId } from './message-format.js'

/** How a gateway speaks. */
export interface Manner {
  readonly format: MessageFormat
  readonly describeError: DescribeError
  readonly logger: Logger
  /** The application's global filters, where it opted in. @returns whether one took the exception */
  handleGlobally(exception: unknown, host: ArgumentsHost): boolean
}

/** The event that answers a message with an id, when the handler names none. */
const REPLY = 'reply'

export class Exchange {
  readonly #connection: Connection
  readonly #manner: Manner
  readonly #id: MessageId | undefined

  constructor(connection: Connection, manner: Manner, id?: MessageId) {
    this.#connection = connection
    this.#manner = manner
    this.#id = id
  }

  /** Aborts when nobody is left to be answered. */
  get signal(): AbortSignal {
    return this.#connection.signal
  }

  /** Nothing is sent for null and undefined. Never throws: what cannot be written is a bug of the handler. */
  reply(value: unknown): void {
    if (value === undefined || value === null) return
    try {
      this.#connection.send(this.#serialize(value))
    } catch (error) {
      this.fail(error)
    }
  }

  #serialize(value: {}): string | Uint8Array {
    const { format } = this.#manner
    if (isMessage(value)) return format.serialize({ event: value.event, data: value.data, id: this.#id })
    if (this.#id === undefined && format.serializeValue !== undefined) return format.serializeValue(value)
    return format.serialize({ event: REPLY, data: value, id: this.#id })
  }

  /** Tells the sender what it may know. The stack of a bug goes to the log. Never throws: where even that fails, the connection closes. */
  fail(exception: unknown, host?: ArgumentsHost): void {
    try {
      if (host === undefined || !this.#manner.handleGlobally(exception, host)) this.#tell(exception)
    } catch (error) {
      this.#manner.logger.error(error)
      this.#connection.close(CloseCode.InternalError)
    }
  }

  /** A message that could not be read: whatever the format threw, it is the sender's fault. */
  refuse(error: unknown): void {
    this.fail(error instanceof BadMessage ? error : new BadMessage('bad message'))
  }

  #tell(exception: unknown): void {
    const { format, describeError, logger } = this.#manner
    const report = reportOf(exception)
    if (report === undefined) logger.error(exception)
    const { event, data } = describeError(report ?? internalError)
    this.#connection.send(format.serialize({ event, data, id: this.#id }))
  }
}

/** A WsResponse, or anything else with an event. */
export function isMessage(value: unknown): value is WsResponse<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { event?: unknown }).event === 'string'
}

export function unknownEvent(): WsException {
  return new WsException('unknown event')
}
