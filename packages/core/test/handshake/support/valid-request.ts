// An opening handshake that is valid, for tests to spoil.
import type { HandshakeRequest } from '../../../src/handshake/request.js'

export type Headers = Record<string, string | string[] | undefined>

/** RFC 6455 §1.2: the example of the RFC. */
export const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

export function handshakeRequest(headers: Headers = {}, line: Partial<HandshakeRequest> = {}): HandshakeRequest {
  const valid = {
    host: 'example.com',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': SAMPLE_KEY,
    'sec-websocket-version': '13',
  }
  return { method: 'GET', httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1, headers: { ...valid, ...headers }, ...line }
}
