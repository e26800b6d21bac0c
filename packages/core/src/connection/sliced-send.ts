// A long message that is deflated in slices, one in each turn of the event loop, and goes out in fragments as they are made.
// Whatever else is sent meanwhile waits for its end. Knows one message.
import type { Buffer } from 'node:buffer'
import { SLICE_SIZE, isWorthwhile } from '../compression/deflater.js'
import type { Flushable } from './flush-queue.js'
import { FragmentedSend } from './fragmented-send.js'
import { type MessageWay, type WholeMessage, isCompressible } from './whole-message.js'

export class SlicedSend implements Flushable {
  isQueued = false
  /** Holds back what is sent meanwhile. */
  readonly fragmented: FragmentedSend

  readonly #way: MessageWay
  readonly #bytes: Buffer
  readonly #onEnd: () => void
  #at = SLICE_SIZE
  #isCancelled = false

  private constructor(way: MessageWay, { opcode, bytes, first, onEnd }: { opcode: WholeMessage['opcode']; bytes: Buffer; first: Buffer; onEnd: () => void }) {
    this.#way = way
    this.#bytes = bytes
    this.#onEnd = onEnd
    this.fragmented = new FragmentedSend(way.outbox, { opcode, isStream: true, rsv1: true, deflater: undefined })
    way.outbox.isFed = true
    this.fragmented.sendFragment(first, false)
    way.runtime.turnQueue.add(this)
  }

  /** Begins, unless the message is short, is not to be compressed, does not shrink, or there is no room for a zlib state. */
  static begin(way: MessageWay, message: WholeMessage, onEnd: () => void): SlicedSend | undefined {
    if (message.data.length <= SLICE_SIZE || !isCompressible(way, message)) return undefined
    const { deflater, counters, pool } = way.compression!
    if (!deflater.beginParts()) return undefined
    counters.messagesDeflated++
    const bytes = pool.bytesOf(message.data)
    const first = deflater.deflatePart(bytes.subarray(0, SLICE_SIZE), { isLast: false, flushes: true })
    if (isWorthwhile([first])) return new SlicedSend(way, { opcode: message.opcode, bytes, first, onEnd })
    deflater.abandonParts()
    return undefined
  }

  get pendingBytes(): number {
    return Math.max(0, this.#bytes.length - this.#at)
  }

  /** The next slice. */
  flush(): void {
    if (this.#isCancelled || this.#way.life.state !== 'open') return
    this.#sendSlice()
    if (this.#at < this.#bytes.length) this.#way.runtime.turnQueue.add(this)
    else this.#end()
  }

  /** All the rest, now: something must follow that cannot wait for it. */
  finish(): void {
    while (this.#at < this.#bytes.length) this.#sendSlice()
    this.#end()
  }

  #sendSlice(): void {
    const { outbox, compression } = this.#way
    const end = this.#at + SLICE_SIZE
    const isLast = end >= this.#bytes.length
    const part = compression!.deflater.deflatePart(this.#bytes.subarray(this.#at, end), { isLast, flushes: false })
    this.#at = end
    if (isLast) outbox.isFed = false
    if (part.length > 0) this.fragmented.sendFragment(part, isLast)
  }

  #end(): void {
    this.cancel()
    this.#onEnd()
  }

  /** The rest will never be sent. */
  cancel(): void {
    this.#isCancelled = true
    this.#way.outbox.isFed = false
  }
}
