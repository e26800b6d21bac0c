// The default format: one JSON object per message, { event, data, id? }. Knows no connection.
import { BadMessage, type GatewayMessage, type MessageFormat, type MessageId } from './message-format.js'

/** An id comes back in the answer: it must not be a way to have long texts repeated. */
const MAX_ID_LENGTH = 256

/** `{ "event": ..., "data": ..., "id": ... }`; bytes are read as UTF-8, and a value without an event is sent as it is. */
export const jsonFormat: MessageFormat = {
  parse: (message) => messageOf(parseJson(String(message))),
  serialize: ({ event, data, id }) => JSON.stringify({ event, data, id }),
  serializeValue: (value) => (ArrayBuffer.isView(value) ? bytesOf(value) : JSON.stringify(value)),
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadMessage('a message must be JSON')
  }
}

function messageOf(value: unknown): GatewayMessage {
  if (typeof value !== 'object' || value === null) throw new BadMessage('a message must be a JSON object')
  const { event, data, id } = value as Partial<Record<string, unknown>>
  if (typeof event !== 'string') throw new BadMessage('event must be a string')
  if (id !== undefined && !isMessageId(id)) throw new BadMessage(`id must be a number or a string of at most ${MAX_ID_LENGTH} characters`)
  return { event, data, id }
}

function isMessageId(id: unknown): id is MessageId {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= MAX_ID_LENGTH)
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
