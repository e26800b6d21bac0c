// A WebSocket client that costs next to nothing: its frames are made once, and of the answers it checks every byte by
// comparing them with what must come. Node's sockets only.
import { type Socket, connect } from 'node:net'
import { once } from 'node:events'

const REQUEST = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n')

/** Resolves when the 101 has come. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(REQUEST)
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`no 101 but: ${head.toString('latin1', 0, 80)}`)
  return socket
}

/** Compares an endless repetition of `expected` with the bytes of a stream, however they are cut. */
export class Comparison {
  readonly #expected: Buffer
  #position = 0
  /** How many whole repetitions have come. */
  count = 0

  constructor(expected: Buffer) {
    this.#expected = expected
  }

  take(chunk: Buffer): void {
    const { length } = this.#expected
    for (let at = 0; at < chunk.length; ) {
      const size = Math.min(length - this.#position, chunk.length - at)
      const differs = chunk.compare(this.#expected, this.#position, this.#position + size, at, at + size) !== 0
      if (differs) throw new Error(`byte ${this.#position} of answer ${this.count} is not what was sent`)
      at += size
      this.#position = (this.#position + size) % length
      if (this.#position === 0) this.count++
    }
  }
}
