// What a client is told of an error: what the application said to it, never what the client had sent, never an error's own text.
import { HttpException } from '@nestjs/common'
import { WsException } from '@nestjs/websockets'
import { BadMessage } from './message-format.js'

/** An error, as far as the client may know of it. */
export interface ErrorReport {
  /** For people. */
  readonly message: string
  /** An HttpException's. */
  readonly statusCode: number | undefined
  /** All that a WsException or HttpException was made with, where that was an object. */
  readonly details: object | undefined
}

/** Says which event tells a client of an error, and with what data. */
export type DescribeError = (report: ErrorReport) => { readonly event: string; readonly data: unknown }

/** As the stock adapters have it, without the client's own message in it. */
export const describeError: DescribeError = ({ message, statusCode, details }) => {
  return { event: 'exception', data: details ?? { status: 'error', ...(statusCode === undefined ? {} : { statusCode }), message } }
}

/** @returns undefined for an error that says nothing to clients: a bug, to be logged */
export function reportOf(exception: unknown): ErrorReport | undefined {
  if (exception instanceof BadMessage) return { message: exception.message, statusCode: undefined, details: undefined }
  if (exception instanceof WsException) return report(exception.message, undefined, exception.getError())
  if (exception instanceof HttpException) return report(exception.message, exception.getStatus(), exception.getResponse())
  return undefined
}

export const internalError: ErrorReport = { message: 'Internal server error', statusCode: undefined, details: undefined }

function report(message: string, statusCode: number | undefined, said: string | object): ErrorReport {
  if (typeof said === 'string') return { message: said, statusCode, details: undefined }
  const details = statusCode === undefined ? said : { status: 'error', ...said }
  return { message: textOf(said) ?? message, statusCode, details }
}

/** Validation pipes give a list of messages. */
function textOf(said: object): string | undefined {
  const { message } = said as { readonly message?: unknown }
  return typeof message === 'string' ? message : Array.isArray(message) ? message.map(String).join('; ') : undefined
}
