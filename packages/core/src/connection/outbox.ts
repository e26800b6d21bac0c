// What one connection sends now: frames of a turn gathered into one write (gathering.ts), at most one write outstanding. While the
// transport is busy, whole messages wait in the backlog, where policies can drop them; control frames and fragments wait here, as
// private copies. Knows encoded frames, not why they are sent.
import { Buffer } from 'node:buffer'
import { firstByteOf, frameHeaderSize, textFrameBound } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import type { Runtime } from '../runtime.js'
import type { Flushable } from './flush-queue.js'
import { Gathering } from './gathering.js'
import { OutstandingWrite } from './outstanding-write.js'
import { WAITING_OVERHEAD } from './send-limits.js'
import { type SharedFrame, encodeLargeText, encodeWhole } from './shared-frame.js'
import { SLAB_PAYLOAD_LIMIT, ownCopy } from './slab.js'
import type { Transport } from './transport.js'

/** Written without waiting for the end of the turn from here on, and at most about this much at once to a slow peer. */
const WRITE_SIZE = 64 * 1024
const TEXT = firstByteOf(Opcode.Text)
const BINARY = firstByteOf(Opcode.Binary)

/** What an outbox needs to know about its connection. */
export interface OutboxOwner {
  readonly transport: Transport
  readonly runtime: Runtime
  /** Something was written. */
  onSent(bytes: number): void
  /** The kernel has not taken all of a write. */
  onBlocked(): void
  /** All that was here has been taken, and more can come. */
  onRoom(): void
  /** The outbox is empty and the kernel has everything. */
  onDrained(): void
}

export class Outbox extends Gathering implements Flushable {
  isQueued = false
  /** True while the connection handles its own bytes: its replies go out when it is done (see flushReplies). */
  isGathering = false
  /** Bytes that wait here; the transport may hold more. */
  queuedBytes = 0
  /** Whether more of a message follows that was accepted whole. */
  isFed = false

  readonly #owner: OutboxOwner
  readonly #isNative: boolean
  /** What may wait here without anybody being asked: see openWay(). */
  #freeRoom = 0
  #hasReply = false
  #outstanding: OutstandingWrite | undefined

  constructor(owner: OutboxOwner) {
    const { isNative } = owner.transport
    super(owner.runtime, !isNative)
    this.#owner = owner
    this.#isNative = isNative
  }

  /**
   * Nothing is in the way of a whole plain frame, so that a broadcast need not ask: the connection is open, no message is being sent
   * in parts, no extension was agreed on, and no limit is reached before `limit` bytes.
   */
  openWay(limit: number): void {
    this.#freeRoom = Math.min(limit, WRITE_SIZE)
  }

  closeWay(): void {
    this.#freeRoom = 0
  }

  /** Takes a whole plain message, if nothing is in its way. */
  trySend(data: string | Buffer): boolean {
    const bound = typeof data === 'string' ? data.length * 3 : data.length
    if (this.#outstanding !== undefined || this.queuedBytes + bound > this.#freeRoom) return false
    if (typeof data === 'string') this.sendText(TEXT, data)
    else this.sendBytes(BINARY, data)
    return true
  }

  /** Takes a frame that others receive too, if nothing is in its way. One object less per question counts when there are thousands of receivers. */
  trySendShared(frame: SharedFrame): boolean {
    if (this.#outstanding !== undefined || this.queuedBytes + frame.size > this.#freeRoom) return false
    this.sendShared(frame)
    return true
  }

  /** A write is outstanding. */
  get isBlocked(): boolean {
    return this.#outstanding !== undefined
  }

  /** All bytes that the peer's kernel or ours has not taken. */
  get bufferedAmount(): number {
    const { transport } = this.#owner
    return this.queuedBytes + (this.isBlocked && !transport.isDestroyed ? transport.writableLength : 0)
  }

  /** What fragments and control frames that wait behind a write take beside their bytes. The write itself is moderate. */
  get overhead(): number {
    return this.isBlocked && this.parts !== undefined ? this.parts.length * WAITING_OVERHEAD : 0
  }

  /** The usual case of a send limit, without asking the transport. */
  hasRoomFor(size: number, limit: number): boolean {
    return !this.isBlocked && this.queuedBytes + size <= limit
  }

  sendText(firstByte: number, text: string): void {
    if (text.length > SLAB_PAYLOAD_LIMIT) return this.#addWhole(encodeLargeText(firstByte, text))
    const writer = this.runtime.replySlab.reserve(textFrameBound(text))
    const start = writer.position
    writer.writeText(firstByte, text)
    this.addRange(writer.bytes, start, writer.position)
    this.#added(writer.position - start)
  }

  /** A payload above 8 KiB is written from where it is, without a copy, unless it has to wait. */
  sendBytes(firstByte: number, payload: Buffer): void {
    const isSmall = payload.length <= SLAB_PAYLOAD_LIMIT
    const size = frameHeaderSize(payload.length) + payload.length
    if (!isSmall && this.needsCopy) return this.#addWhole(encodeWhole(firstByte, payload))
    const writer = this.runtime.replySlab.reserve(isSmall ? size : size - payload.length)
    const start = writer.position
    if (isSmall) writer.writeBytes(firstByte, payload)
    else writer.writeHeader(firstByte, payload.length)
    this.addRange(writer.bytes, start, writer.position)
    if (!isSmall) this.addPart(payload)
    this.#added(size)
  }

  /** A frame that others receive too: it goes out at the end of the turn, together with other broadcasts. */
  sendShared(frame: SharedFrame): void {
    if (!this.#isNative) this.addPart(Buffer.from(frame.bytes.subarray(frame.start, frame.end)))
    else this.addShared(frame)
    this.queuedBytes += frame.size
    if (this.queuedBytes >= WRITE_SIZE) this.flush()
    else this.runtime.flushQueue.add(this)
  }

  /** Bytes that are not a frame: the 101 response. */
  sendRaw(bytes: Buffer): void {
    this.#addWhole(bytes)
  }

  /**
   * Answers a Ping. A peer that does not read gets one Pong for the newest of its Pings (RFC 6455 §5.5.3), so that a
   * flood of Pings cannot fill the outbox.
   */
  sendPong(payload: Buffer): void {
    if (this.#outstanding !== undefined) this.#outstanding.pong = ownCopy(payload)
    else this.sendBytes(firstByteOf(Opcode.Pong), payload)
  }

  #addWhole(bytes: Buffer): void {
    this.addPart(bytes)
    this.#added(bytes.length)
  }

  #added(size: number): void {
    this.queuedBytes += size
    if (this.queuedBytes >= WRITE_SIZE) this.flush()
    else if (this.isGathering) this.#hasReply = true
    else this.runtime.flushQueue.add(this)
  }

  /** The end of the connection's own read: what it sent meanwhile goes out now, in one write. */
  flushReplies(): void {
    this.isGathering = false
    if (!this.#hasReply) return
    this.#hasReply = false
    this.flush()
  }

  /** What a destroyed transport leaves here is dropped, and counted, when the connection closes. */
  flush(): void {
    if (this.#owner.transport.isDestroyed) return
    if (this.queuedBytes > 0 && !this.isBlocked) this.#writeSome(Infinity)
    if (this.isDrained) this.#owner.onDrained()
  }

  #writeSome(limit: number): void {
    if (this.parts === undefined) this.#write(this.takeRange())
    else this.#writeParts(this.parts, limit)
  }

  #write(bytes: Buffer): void {
    this.#owner.transport.write(bytes)
    this.#written(bytes.length)?.add(bytes)
  }

  #writeParts(parts: Buffer[], limit: number): void {
    this.closeRange()
    const { transport } = this.#owner
    let written = 0
    let count = 0
    if (parts.length > 1) transport.cork()
    while (count < parts.length && written < limit) {
      const part = parts[count++]!
      transport.write(part)
      written += part.length
    }
    if (parts.length > 1) transport.uncork()
    this.parts = count === parts.length ? undefined : parts.slice(count)
    const outstanding = this.#written(written)
    if (outstanding !== undefined) for (let i = 0; i < count; i++) outstanding.add(parts[i]!)
  }

  /** So much was given to the transport. @returns what it is from now on, if the kernel has not taken all of it */
  #written(size: number): OutstandingWrite | undefined {
    const { transport } = this.#owner
    this.queuedBytes -= size
    this.#owner.onSent(size)
    if (transport.writableLength === 0) return undefined
    this.needsCopy = true
    const outstanding = (this.#outstanding ??= new OutstandingWrite(this.runtime.pinnedSlabs))
    transport.notifyWritten()
    this.#owner.onBlocked()
    return outstanding
  }

  /** The transport has handed everything to the kernel: the backlog goes out in moderate writes, so that policies keep their hold on the rest. */
  onWritten(): void {
    if (this.#owner.transport.isDestroyed) return
    const pong = this.#outstanding?.pong
    this.#outstanding?.release()
    this.#outstanding = undefined
    this.needsCopy = !this.#isNative
    this.isCatchingUp = true
    if (pong !== undefined) this.#sendPendingPong(pong)
    while (this.queuedBytes > 0 && !this.isBlocked) this.#writeSome(WRITE_SIZE)
    if (!this.isBlocked) this.#owner.onRoom()
    if (this.queuedBytes > 0 && !this.isBlocked) this.#writeSome(WRITE_SIZE)
    this.isCatchingUp = false
    if (this.isDrained) this.#owner.onDrained()
  }

  /** RFC 6455 §5.5.2: as soon as is practical, so before what waits, and never behind our Close. */
  #sendPendingPong(pong: Buffer): void {
    const frame = encodeWhole(firstByteOf(Opcode.Pong), pong)
    this.parts = [frame, ...(this.parts ?? [])]
    this.queuedBytes += frame.length
  }

  /** The connection ends: everything that is still here is handed to the transport, whatever it has not written yet. */
  flushForEnd(): void {
    this.#forgetPong()
    if (this.queuedBytes > 0 && !this.#owner.transport.isDestroyed) this.#writeSome(Infinity)
  }

  /** Whether everything has been handed to the kernel. */
  get isDrained(): boolean {
    return !this.isBlocked && this.queuedBytes === 0 && !this.isFed && !this.isCatchingUp
  }

  /** Forgets what has not been handed to the transport. @returns the bytes that were dropped */
  discard(): number {
    if (this.#owner.transport.isDestroyed) this.#outstanding?.release()
    this.#forgetPong()
    const dropped = this.queuedBytes
    this.forget()
    this.queuedBytes = 0
    return dropped
  }

  #forgetPong(): void {
    if (this.#outstanding !== undefined) this.#outstanding.pong = undefined
  }
}
