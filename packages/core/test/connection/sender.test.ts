// send(), sendFrame(): what becomes which frame, fragments, and what is refused.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, bench } from '../support/bench.js'
import { turns } from '../support/wait.js'

const { Text, Binary, Continuation, Ping, Pong, Close } = Opcode

/** Opcode, FIN and payload of all that was sent. */
async function sent(b: Bench): Promise<[Opcode, boolean, string][]> {
  await turns(1)
  return b.stream.frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.toString()])
}

const broadcast = (b: Bench, text: string): boolean => b.connection.sendShared(new SharedMessage(b.runtime, text))

describe('whole messages', () => {
  test('a string is text, bytes are binary, or text where the caller says so', async () => {
    const b = bench().start()
    b.connection.send('a')
    b.connection.send(Buffer.from('b'))
    b.connection.send(Buffer.from('c'), { text: true })
    b.connection.send('')
    expect(await sent(b)).toEqual([[Text, true, 'a'], [Binary, true, 'b'], [Text, true, 'c'], [Text, true, '']])
    expect(b.host.counters.messagesSent).toBe(4)
  })

  test('ping and pong are frames of their own', async () => {
    const b = bench().start()
    expect(b.connection.ping('a')).toBe(true)
    expect(b.connection.pong(Buffer.from('b'))).toBe(true)
    expect(b.connection.ping()).toBe(true)
    expect(await sent(b)).toEqual([[Ping, true, 'a'], [Pong, true, 'b'], [Ping, true, '']])
    expect(b.host.counters.messagesSent).toBe(0)
    expect(() => b.connection.ping('x'.repeat(126))).toThrow(expect.objectContaining({ code: 'WS_ERR_CONTROL_FRAME' }))
  })

  test('frames carry their own opcode and FIN', async () => {
    const b = bench().start()
    b.connection.sendFrame(new Frame({ opcode: Text, payload: 'a', fin: false }))
    b.connection.sendFrame(new Frame({ opcode: Ping, payload: 'p' }))
    b.connection.sendFrame(new Frame({ opcode: Continuation, payload: 'b' }))
    b.connection.sendFrame(new Frame({ opcode: Binary, payload: 'c' }))
    expect(await sent(b)).toEqual([[Text, false, 'a'], [Ping, true, 'p'], [Continuation, true, 'b'], [Binary, true, 'c']])
  })

  test('a continuation of nothing is a usage error, and so is RSV1 without an extension', () => {
    const b = bench().start()
    expect(() => b.connection.sendFrame(new Frame({ opcode: Continuation, payload: 'x' }))).toThrow(expect.objectContaining({ code: 'WS_ERR_FRAGMENT_SEQUENCE' }))
    expect(() => b.connection.sendFrame(new Frame({ opcode: Text, rsv1: true }))).toThrow(expect.objectContaining({ code: 'WS_ERR_RESERVED_BITS' }))
    expect(b.connection.isEstablished).toBe(true)
  })

  test('a Close frame starts the closing handshake, also without a code', async () => {
    const withCode = bench().start()
    expect(withCode.connection.sendFrame(new CloseFrame(4000, 'bye'))).toBe(true)
    expect(withCode.connection.readyState).toBe(2)
    await turns()
    expect(withCode.stream.frames).toMatchObject([{ code: 4000, reason: 'bye' }])
    const without = bench().start()
    without.connection.sendFrame(new Frame({ opcode: Close }))
    await turns()
    expect(without.stream.frames).toMatchObject([{ code: 1005 }])
  })

  test.each(['\x01', '\x03\xec', '\x03\xed', '\x03\xe8\xff'])('a Close frame that must not be sent is the caller\'s fault', (payload) => {
    const b = bench().start()
    const frame = new Frame({ opcode: Close, payload: Buffer.from(payload, 'latin1') })
    expect(() => b.connection.sendFrame(frame)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_CLOSE_CODE' }))
    expect(b.connection.isEstablished).toBe(true)
  })

  test('the limit counts bytes, not characters', () => {
    const b = bench({ maxBufferedAmount: 30_000 }).start()
    expect(b.connection.send('x'.repeat(29_000))).toBe(true)
    const euros = bench({ maxBufferedAmount: 30_000 }).start()
    expect(euros.connection.send('€'.repeat(10_001))).toBe(false)
    expect(euros.connection.readyState).toBe(2)
    expect(bench({ maxBufferedAmount: 30_000 }).start().connection.send('€'.repeat(10_000))).toBe(true)
  })
})

describe('fragments', () => {
  test('the first carries the opcode, the last has FIN', async () => {
    const b = bench().start()
    b.connection.send('a', { fin: false })
    b.connection.send('b', { fin: false })
    b.connection.send('c', { fin: true })
    b.connection.send('next')
    expect(await sent(b)).toEqual([[Text, false, 'a'], [Continuation, false, 'b'], [Continuation, true, 'c'], [Text, true, 'next']])
    expect(b.host.counters.messagesSent).toBe(2)
  })

  test('any send without fin: false is the last', async () => {
    const b = bench().start()
    b.connection.send(Buffer.from('a'), { fin: false })
    b.connection.send('b')
    expect(await sent(b)).toEqual([[Binary, false, 'a'], [Continuation, true, 'b']])
  })

  test('a broadcast in between waits for the end, a Ping does not', async () => {
    const b = bench().start()
    b.connection.send('a', { fin: false })
    expect(broadcast(b, 'to all')).toBe(true)
    expect(b.connection.bufferedAmount).toBe(3 + 8)
    b.connection.ping('p')
    b.connection.send('b')
    expect(await sent(b)).toEqual([[Text, false, 'a'], [Ping, true, 'p'], [Continuation, true, 'b'], [Text, true, 'to all']])
    expect(b.connection.bufferedAmount).toBe(0)
  })

  test('what waits for the end pins no slab, and counts against the limit', async () => {
    const b = bench({ maxBufferedAmount: 1_000 }).start()
    b.connection.send('a', { fin: false })
    await turns()
    expect(broadcast(b, 'x'.repeat(500))).toBe(true)
    expect(broadcast(b, 'x'.repeat(500))).toBe(false)
    expect(b.connection.readyState).toBe(2)
  })

  test('Close in the middle drops what waits for the end, and counts it', async () => {
    const b = bench().start()
    b.connection.send('a', { fin: false })
    broadcast(b, 'to all')
    b.connection.close(4000)
    expect(b.host.counters.bytesDropped).toBe(8)
    expect(b.connection.bufferedAmount).toBe(3 + 4)
    expect(await sent(b)).toMatchObject([[Text, false, 'a'], [Close, true, expect.anything()]])
  })

  test('an end by any other way drops and counts it as well', async () => {
    const b = bench().start()
    b.connection.send('a', { fin: false })
    broadcast(b, 'to all')
    await turns()
    b.connection.terminate()
    await turns()
    expect(b.host.counters.bytesDropped).toBe(8)
    expect(b.connection.bufferedAmount).toBe(0)
  })
})
