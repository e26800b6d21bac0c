// What a server sent, as one line of text each: cases compare these, and people read them. Knows no socket.
import type { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type Bytes, toBytes } from './frame.js'

/** `text "Hello"`, `binary 0102`, `pong 68`, `close 1002`, `end`, `fault: ...`. */
export type Seen = string

/** Longer payloads are told by their hash. */
const SHOWN = 64

export function text(payload: Bytes): Seen {
  const bytes = toBytes(payload)
  return `text ${bytes.length > SHOWN ? digest(bytes) : JSON.stringify(bytes.toString('utf8'))}`
}

export function binary(payload: Bytes): Seen {
  return `binary ${hex(payload)}`
}

export function pong(payload: Bytes = ''): Seen {
  return `pong ${hex(payload)}`
}

/** Without a code: a Close frame without a body. The reason is the server's own affair. */
export function close(code?: number): Seen {
  return code === undefined ? 'close' : `close ${code}`
}

/** TCP ended, in order. */
export const END: Seen = 'end'

/** The server itself broke the RFC. */
export function fault(section: string, rule: string): Seen {
  return `fault: RFC 6455 §${section}: ${rule}`
}

function hex(payload: Bytes): string {
  const bytes = toBytes(payload)
  return bytes.length > SHOWN ? digest(bytes) : bytes.toString('hex')
}

function digest(bytes: Buffer): string {
  return `of ${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('hex').slice(0, 16)}`
}
