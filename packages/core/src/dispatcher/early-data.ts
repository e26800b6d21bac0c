// What the peer sends while the server still makes up its mind: read into a small buffer, so that FIN and RST are seen, and given
// to whoever gets the socket in the end. It must not know who decides, or what the bytes mean.
import type { Duplex } from 'node:stream'

/** From this many bytes on, reading stops and the kernel holds the rest; the chunk that crosses the line is kept whole. */
export const EARLY_DATA_LIMIT = 65_536

export class EarlyData {
  readonly #socket: Duplex
  readonly #onEnd: () => void
  readonly #chunks: Buffer[] = []
  #size = 0
  #isReading = false

  constructor(socket: Duplex, onEnd: () => void) {
    this.#socket = socket
    this.#onEnd = onEnd
  }

  start(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#socket.on('end', this.#onEnd)
    this.#socket.on('data', this.#keep)
  }

  /** Leaves the socket as Node hands over an upgraded one, and returns `head` followed by what came since. */
  stop(head: Buffer): Buffer {
    if (!this.#isReading) return head
    this.#isReading = false
    this.#socket.off('data', this.#keep)
    this.#socket.off('end', this.#onEnd)
    this.#socket.pause()
    // `pause()` says "keep it paused, whoever listens"; null says "nobody has asked yet", so that the next `data` listener starts the flow
    resetFlow(this.#socket)
    return this.#size === 0 ? head : Buffer.concat([head, ...this.#chunks])
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= EARLY_DATA_LIMIT) this.#socket.pause()
  }
}

// Node's own http server assigns null here before it emits `upgrade`; the types call the property read-only
function resetFlow(socket: { readableFlowing: boolean | null }): void {
  socket.readableFlowing = null
}
