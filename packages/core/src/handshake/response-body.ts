// The body of a refusal: text, bytes, or an object that becomes JSON. Knows no head.
import { Buffer } from 'node:buffer'
import { UsageError } from '../protocol/errors.js'

/** A string is sent as UTF-8, bytes as they are, any other object or array as JSON. */
export type ResponseBody = string | object

/** Bytes, and the Content-Type that fits them; bytes that the app made itself have none. */
export interface EncodedBody {
  readonly bytes: Buffer
  readonly contentType: string | undefined
}

/** @throws UsageError `WS_ERR_INVALID_BODY`: another primitive, or an object without a form in JSON, such as a cyclic one */
export function encodeBody(body: ResponseBody | undefined): EncodedBody {
  if (body === undefined) return { bytes: Buffer.alloc(0), contentType: undefined }
  if (typeof body === 'string') return { bytes: Buffer.from(body, 'utf8'), contentType: 'text/plain; charset=utf-8' }
  if (ArrayBuffer.isView(body)) return { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType: undefined }
  if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer) return { bytes: Buffer.from(body), contentType: undefined }
  return { bytes: Buffer.from(toJson(body), 'utf8'), contentType: 'application/json; charset=utf-8' }
}

function toJson(body: unknown): string {
  try {
    const json: unknown = typeof body === 'object' && body !== null ? JSON.stringify(body) : undefined
    if (typeof json === 'string') return json
  } catch (cause) {
    throw new UsageError('WS_ERR_INVALID_BODY', 'the body of a response has no form in JSON', { cause })
  }
  throw new UsageError('WS_ERR_INVALID_BODY', 'the body of a response is a string, bytes, or an object with a form in JSON')
}
