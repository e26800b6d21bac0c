// A message in as many frames as it has bytes. Knows frames only.
import { Buffer } from 'node:buffer'
import { Frame, Opcode, type Payload } from '@tocsin/core/protocol'

/**
 * The frames of one message, `size` bytes of payload in each (RFC 6455 §5.4): a string gives text, also cut within a character,
 * bytes give binary. An empty message is one empty frame.
 * @param size in bytes @default 1
 */
export function tinyFragments(data: Payload, size = 1): Frame[] {
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`a fragment has a whole number of bytes above 0, not ${size}`)
  const { opcode, payload } = new Frame({ opcode: typeof data === 'string' ? Opcode.Text : Opcode.Binary, payload: data })
  const count = Math.max(1, Math.ceil(payload.length / size))
  return Array.from({ length: count }, (_, i) => new Frame({
    opcode: i === 0 ? opcode : Opcode.Continuation,
    payload: Buffer.from(payload.subarray(i * size, (i + 1) * size)),
    fin: i === count - 1,
  }))
}
