// Sec-WebSocket-Key and the answer to it (RFC 6455 §4.2.1(5), §4.2.2(5)). Knows nothing of the rest of the handshake.
import { hash } from 'node:crypto'

/** RFC 6455 §4.2.2(5.4): the string that shows that this server speaks WebSocket. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/**
 * 16 bytes are 128 bits: 21 characters of 6 bits, one that holds the last 2 bits with 4 zero bits behind them (A, Q, g or w),
 * and the padding. RFC 4648 §3.5: an encoding whose unused bits are not zero is not canonical.
 */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/

/** Whether `value` is exactly 16 bytes of canonical base64. */
export function isHandshakeKey(value: string): boolean {
  return KEY.test(value)
}

/** The value of Sec-WebSocket-Accept for a key: the key itself is hashed, it is not decoded (RFC 6455 §4.2.2(4), /key/). */
export function acceptKey(key: string): string {
  return hash('sha1', key + GUID, 'base64')
}
