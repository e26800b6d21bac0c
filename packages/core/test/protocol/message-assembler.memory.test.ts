// What the assembler allocates, copies and keeps: decided by what was received, never by what a header claims.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FrameParser, ParserEvent } from '../../src/protocol/frame-parser.js'
import { MessageAssembler, type MessageAssemblerOptions } from '../../src/protocol/message-assembler.js'
import { KEY, asMasked, cut, encode, hex, slices } from './support/wire.js'

const MIB = 1 << 20
const LIMIT = 64 * MIB

type Message = string | Buffer

class Receiver {
  readonly parser = new FrameParser({ masked: undefined })
  readonly assembler: MessageAssembler
  readonly messages: Message[] = []

  constructor(options: Partial<MessageAssemblerOptions> = {}) {
    this.assembler = new MessageAssembler({ maxMessageSize: LIMIT, text: 'string', ...options })
  }

  receive(...chunks: Buffer[]): Message[] {
    for (const chunk of chunks) {
      this.parser.feed(chunk)
      while (this.step());
    }
    return this.messages
  }

  step(): boolean {
    const event = this.parser.next()
    if (event === ParserEvent.NeedMore) return false
    if (event === ParserEvent.Header) this.assembler.beginFrame(this.parser)
    else if (this.assembler.takeSlice(this.parser)) this.messages.push(this.assembler.message)
    return true
  }
}

const header64 = (first: number, size: number): Buffer => {
  const header = hex('00 7f 0000000000000000')
  header[0] = first
  header.writeBigUInt64BE(BigInt(size), 2)
  return header
}

function watchAllocations() {
  const spy = vi.spyOn(Buffer, 'allocUnsafeSlow')
  return { sizes: () => spy.mock.calls.map(([size]) => size).filter(size => size !== 125) }
}

/** Bytes that went through Buffer.prototype.copy. */
function watchCopies() {
  const original = Buffer.prototype.copy // oxlint-disable-line unbound-method -- called with its `this` below
  const watch = { bytes: 0 }
  vi.spyOn(Buffer.prototype, 'copy').mockImplementation(function (this: Buffer, ...args: Parameters<typeof original>) {
    const copied = original.apply(this, args)
    watch.bytes += copied
    return copied
  })
  return watch
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

afterEach(() => vi.restoreAllMocks())

describe('allocation', () => {
  it.each([0x81, 0x82, 0x01, 0x02])('A28: a header that claims 64 MiB, and one byte of it (first byte %i): no large allocation', first => {
    const { sizes } = watchAllocations()
    const receiver = new Receiver()
    receiver.receive(header64(first, LIMIT))
    expect(sizes()).toEqual([])
    receiver.receive(hex('61'))
    expect(sum(sizes())).toBeLessThanOrEqual(256 + 4)
  })

  it('SECURITY frames: A28: declared length above the limit -> 1009 before buffering anything', () => {
    const { sizes } = watchAllocations()
    const receiver = new Receiver({ maxMessageSize: MIB })
    expect(() => receiver.receive(header64(0x82, MIB + 1))).toThrow(expect.objectContaining({ closeCode: 1009 }))
    expect(sizes()).toEqual([])
  })

  it.each([0x82, 0x02])('A28: room is at most four times what was received and a little, at any moment (first byte %i)', first => {
    const { sizes } = watchAllocations()
    const receiver = new Receiver()
    receiver.receive(header64(first, LIMIT))
    let received = 0
    for (const size of [1, 200, 100, 1000, 5000, 1, 65_536, 65_536, 65_536, 300_000]) {
      receiver.receive(Buffer.alloc(size))
      received += size
      expect(sizes().at(-1)!).toBeLessThanOrEqual(256 + 4 * received)
    }
  })

  it('A28: and never more than the message can still become', () => {
    const { sizes } = watchAllocations()
    new Receiver({ maxMessageSize: 300 }).receive(hex('02 7e 0100'), Buffer.alloc(200), Buffer.alloc(56), hex('00 2c'), Buffer.alloc(44))
    expect(sizes()).toEqual([300])
    new Receiver().receive(hex('82 7e 0100'), Buffer.alloc(1), Buffer.alloc(255))
    expect(sizes()).toEqual([300, 256])
  })

  it('a message in one slice is not collected at all', () => {
    const wire = Buffer.concat([encode(0x81, 'text', KEY), encode(0x81, 'é'.repeat(5000), KEY), encode(0x82, Buffer.alloc(100_000), KEY)])
    const { sizes } = watchAllocations()
    const copies = watchCopies()
    expect(new Receiver().receive(wire)).toHaveLength(3)
    expect([sizes(), copies.bytes]).toEqual([[], 0])
  })

  it('SECURITY frames: millions of tiny or empty fragments: empty ones cost one allocation, however many', () => {
    const { sizes } = watchAllocations()
    const receiver = new Receiver()
    receiver.receive(hex('01 00'))
    for (let i = 0; i < 5000; i++) receiver.receive(hex('00 00'))
    expect(sizes()).toEqual([256])
    expect(receiver.receive(hex('80 01 61'))).toEqual(['a'])
  })
})

describe('work', () => {
  const total = 4 * MIB

  it.each([
    ['binary', 0x02],
    ['text', 0x01],
  ])('SECURITY frames: 4 MiB of %s in 64-byte fragments takes linear work: each byte is copied about twice', (_kind, first) => {
    const { sizes } = watchAllocations()
    const copies = watchCopies()
    const receiver = new Receiver()
    const payload = Buffer.alloc(64, 'é')
    const [begin, middle] = [asMasked(encode(first, payload)), asMasked(encode(0x00, payload))]
    receiver.receive(begin)
    for (let sent = 128; sent < total; sent += 64) receiver.receive(Buffer.from(middle))
    const [message] = receiver.receive(asMasked(encode(0x80, payload)))
    expect(Buffer.byteLength(message!)).toBe(total)
    expect(sizes().length).toBeLessThan(20)
    expect(sum(sizes())).toBeLessThanOrEqual(3 * total)
    expect(copies.bytes).toBeLessThanOrEqual(3 * total)
  })

  it.each([MIB / 8, MIB / 4, MIB, total])('%i bytes in one frame, in reads of 64 KiB: at most three rooms, the last one exact', size => {
    const chunks = slices(encode(0x82, Buffer.alloc(size, 'x'), KEY), 65_536)
    const { sizes } = watchAllocations()
    const copies = watchCopies()
    const [message] = new Receiver().receive(...chunks)
    expect((message as Buffer).equals(Buffer.alloc(size, 'x'))).toBe(true)
    expect(sizes().length).toBeLessThanOrEqual(3)
    expect(sizes().at(-1)).toBe(size)
    expect(copies.bytes).toBeLessThan(1.5 * size)
  })
})

describe('who owns a message', () => {
  it.each([1, 100, 4096])('a binary message of %i bytes does not pin the chunk that it came in', size => {
    const chunk = Buffer.from(new ArrayBuffer(65_536))
    encode(0x82, Buffer.alloc(size, 7), KEY).copy(chunk)
    const receiver = new Receiver()
    receiver.parser.feed(chunk)
    receiver.step()
    receiver.step()
    const message = receiver.assembler.message as Buffer
    expect(message.buffer).not.toBe(chunk.buffer)
    chunk.fill(0)
    expect(message.equals(Buffer.alloc(size, 7))).toBe(true)
  })

  it('text as bytes does not pin it either', () => {
    const chunk = encode(0x81, 'é', KEY)
    const [message] = new Receiver({ text: 'bytes' }).receive(chunk)
    chunk.fill(0)
    expect(message).toEqual(hex('c3a9'))
  })

  it.each([4097, 10_000])('a binary message of %i bytes in one slice is the slice itself: no copy', size => {
    const chunk = encode(0x82, Buffer.alloc(size, 7), KEY)
    const [message] = new Receiver().receive(chunk)
    expect((message as Buffer).buffer).toBe(chunk.buffer)
    expect(message).toEqual(Buffer.alloc(size, 7))
  })

  it('messages in pieces are their own: later ones do not overwrite them', () => {
    const half = (first: number, fill: number): Buffer => encode(first, Buffer.alloc(300, fill), KEY)
    const wire = Buffer.concat([1, 2, 3].flatMap(fill => [half(0x02, fill), half(0x80, fill)]))
    const messages = new Receiver().receive(...slices(wire, 50))
    expect(messages).toEqual([1, 2, 3].map(fill => Buffer.alloc(600, fill)))
  })

  it('discard() forgets an unfinished message; the next one is not harmed by it', () => {
    const next: [string, Message][] = [['01 01 62 80 02 c3a9', 'bé'], ['02 01 62 80 01 ff', hex('62ff')], ['81 01 63', 'c']]
    for (const [wire, meant] of next) {
      const receiver = new Receiver()
      expect(receiver.receive(hex('81 01 61'), hex('01 04 61c3a9e2'))).toEqual(['a'])
      expect([receiver.assembler.isInMessage, receiver.assembler.message]).toEqual([true, 'a'])
      receiver.assembler.discard()
      expect([receiver.assembler.isInMessage, receiver.assembler.message]).toEqual([false, ''])
      expect(receiver.receive(hex(wire))).toEqual(['a', meant])
      expect(receiver.assembler.kind).toBe(typeof meant === 'string' ? 'text' : 'binary')
    }
  })

  it('discard() lets go of the room that the message had', () => {
    const { sizes } = watchAllocations()
    const receiver = new Receiver()
    receiver.receive(hex('02 01 61'))
    receiver.assembler.discard()
    receiver.receive(hex('02 01 61'))
    expect(sizes()).toHaveLength(2)
  })

  it('isInMessage: from the first header to the end', () => {
    const receiver = new Receiver()
    const seen = cut(hex('02 01 61 80 01 62'), [1, 2, 3, 5]).map(chunk => {
      receiver.receive(chunk)
      return receiver.assembler.isInMessage
    })
    expect(seen).toEqual([false, true, true, true, false])
  })
})

it('says how much memory the unfinished message takes, and nothing for a whole one', () => {
  const receiver = new Receiver()
  const { assembler } = receiver
  receiver.receive(encode(0x82, Buffer.alloc(1_000)))
  expect(assembler.heldBytes).toBe(0)
  const [first, second] = cut(encode(0x82, Buffer.alloc(100_000)), [50_000])
  receiver.receive(first!)
  expect(assembler.heldBytes).toBeGreaterThanOrEqual(49_990)
  expect(assembler.heldBytes).toBeLessThanOrEqual(100_000)
  receiver.receive(second!)
  expect(assembler.heldBytes).toBe(0)
})
