// sendStream(): one message as its source yields it, at the peer's pace; nothing comes in between.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Opcode } from '../../src/protocol/index.js'
import { type Bench, bench } from '../support/bench.js'
import { gate, turns } from '../support/wait.js'

const { Text, Binary, Continuation, Close } = Opcode
const sent = (b: Bench): [Opcode, boolean, string][] => b.stream.frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.toString()])

describe('a stream', () => {
  test('of strings is text, its end an empty last fragment', async () => {
    const b = bench().start()
    expect(await b.connection.sendStream(['a', 'b'])).toBe(true)
    await turns()
    expect(sent(b)).toEqual([[Text, false, 'a'], [Continuation, false, 'b'], [Continuation, true, '']])
    expect(b.host.counters.messagesSent).toBe(1)
  })

  test('of bytes is binary, or text where the caller says so', async () => {
    const b = bench().start()
    await b.connection.sendStream([Buffer.from('a'), new Uint8Array([98])])
    await b.connection.sendStream([Buffer.from('c')], { text: true })
    await turns()
    expect(sent(b).map(([opcode]) => opcode)).toEqual([Binary, Continuation, Continuation, Text, Continuation])
  })

  test('of nothing is an empty message', async () => {
    const b = bench().start()
    expect(await b.connection.sendStream([])).toBe(true)
    await turns()
    expect(sent(b)).toEqual([[Binary, true, '']])
  })

  test('takes no more from its source than the peer takes', async () => {
    let taken = 0
    function* source(): Iterable<string> { for (; taken < 100; taken++) yield 'x'.repeat(1_000) }
    const b = bench().start()
    b.stream.isStalled = true
    const sending = b.connection.sendStream(source())
    await turns(20)
    expect(taken).toBe(0)
    b.stream.release()
    expect(await sending).toBe(true)
    expect(taken).toBe(100)
  })
})

describe('while a stream is sent', () => {
  test('other messages wait for its end, in order; fragments of others are a usage error', async () => {
    const [more, b] = [gate(), bench().start()]
    async function* source(): AsyncIterable<string> { yield 'a'; await more.promise; yield 'b' }
    const sending = b.connection.sendStream(source())
    await turns()
    const bytes = Buffer.from('own bytes')
    expect(b.connection.send('own')).toBe(true)
    expect(b.connection.send(bytes)).toBe(true)
    bytes.fill('!')
    b.connection.sendShared(new SharedMessage(b.runtime, 'to all'))
    expect(() => b.connection.send('x', { fin: false })).toThrow(expect.objectContaining({ code: 'WS_ERR_STREAMING' }))
    more.open()
    await sending
    await turns()
    expect(sent(b)).toEqual([[Text, false, 'a'], [Continuation, false, 'b'], [Continuation, true, ''],
      [Text, true, 'own'], [Binary, true, 'own bytes'], [Text, true, 'to all']])
  })

  test('another stream waits for its turn, also when the first one fails', async () => {
    const b = bench().start()
    const results = await Promise.allSettled([b.connection.sendStream([1 as never]), b.connection.sendStream(['a']), b.connection.sendStream(['b'])])
    await turns()
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(sent(b).map(([opcode, , text]) => [opcode, text])).toEqual([[Text, 'a'], [Continuation, ''], [Text, 'b'], [Continuation, '']])
  })

  test('closing ends it: false, its source is told, and nothing follows the Close', async () => {
    const [more, b] = [gate(), bench().start()]
    let isReturned = false
    async function* source(): AsyncIterable<string> { try { yield 'a'; await more.promise; yield 'b' } finally { isReturned = true } }
    const sending = b.connection.sendStream(source())
    await turns()
    b.connection.close(4000)
    more.open()
    expect(await sending).toBe(false)
    await turns()
    expect(isReturned).toBe(true)
    expect(sent(b).map(([opcode]) => opcode)).toEqual([Text, Close])
  })

  test('a peer that goes ends it', async () => {
    const b = bench().start()
    b.stream.isStalled = true
    const sending = b.connection.sendStream(['a', 'b'])
    await turns()
    b.stream.destroy()
    expect(await sending).toBe(false)
  })
})

describe('a source that fails', () => {
  test('in the middle: the connection fails with 1011, because half a message must never pass for a whole one', async () => {
    const b = bench().start()
    function* source(): Iterable<string> { yield 'a'; throw new Error('mine') }
    await expect(b.connection.sendStream(source())).rejects.toThrow('mine')
    await turns()
    expect(b.stream.frames).toMatchObject([{ opcode: Text, fin: false }, { code: 1011, reason: '' }])
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ code: 1011, error: { message: 'mine' } }])
  })

  test('before its first part: nothing has been sent, the connection lives', async () => {
    const b = bench().start()
    const source: Iterable<string> = { [Symbol.iterator]: () => { throw new Error('mine') } }
    await expect(b.connection.sendStream(source)).rejects.toThrow('mine')
    expect(b.connection.send('next')).toBe(true)
    await turns()
    expect(sent(b)).toEqual([[Text, true, 'next']])
  })

  test('a stream inside a fragmented message is a usage error', async () => {
    const b = bench().start()
    b.connection.send('a', { fin: false })
    await expect(b.connection.sendStream(['x'])).rejects.toThrow(expect.objectContaining({ code: 'WS_ERR_STREAMING' }))
    b.connection.send('b')
    await turns()
    expect(sent(b)).toEqual([[Text, false, 'a'], [Continuation, true, 'b']])
  })
})
