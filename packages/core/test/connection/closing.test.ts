// The closing handshake (RFC 6455 §7.1): who begins, what is still sent, one deadline for all of it.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { gate, turns } from '../support/wait.js'

describe('begun by us', () => {
  test('what was accepted before goes first, then Close; the peer answers, we end TCP', async () => {
    const b = bench().start()
    b.connection.send('last words')
    expect(b.connection.close(4000, 'bye')).toBe(true)
    expect(b.connection.readyState).toBe(2)
    expect(b.connection.close()).toBe(false)
    expect(b.connection.send('late')).toBe(false)
    await turns()
    expect(b.stream.writes.length).toBe(1)
    expect(b.stream.frames).toMatchObject([{ opcode: Opcode.Text }, { code: 4000, reason: 'bye' }])
    expect(b.stream.hasEnded).toBe(false)
    receive(b, new CloseFrame(4000))
    await turns()
    expect(b.stream.hasEnded).toBe(true)
    expect(b.closed).toEqual([])
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([{ code: 4000, reason: '', clean: true, initiator: 'local', error: undefined }])
    expect(b.connection.readyState).toBe(3)
  })

  test('messages of the peer still count until its Close', async () => {
    const seen: unknown[] = []
    const b = bench().on('message', (_connection, message) => { seen.push(message) }).start()
    b.connection.close()
    receive(b, 'a', new Frame({ opcode: Opcode.Ping }), 'b', new CloseFrame(1000), 'c')
    await turns()
    expect(seen).toEqual(['a', 'b'])
    expect(b.stream.frames.map(({ opcode }) => opcode)).toEqual([Opcode.Close])
  })

  test('reading goes on, even when it was paused', async () => {
    const b = bench().on('message', () => {}).start()
    b.connection.pause()
    b.connection.close()
    receive(b, new CloseFrame(1000))
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ clean: true }])
  })

  test('a peer that does not answer is cut at the deadline: 1006', async () => {
    const b = bench({ closeTimeout: 3_000 }).start()
    b.connection.close()
    b.clock.advance(2_900)
    expect(b.stream.destroyed).toBe(false)
    b.clock.advance(300)
    await turns()
    expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'local', error: { code: 'WS_ERR_CLOSE_TIMEOUT' } }])
  })

  test('the deadline is one: outbox, Close and the answer together, and TCP after it', async () => {
    const b = bench({ closeTimeout: 3_000 }).start()
    b.stream.isStalled = true
    b.connection.send('slow')
    await turns()
    b.connection.close()
    b.clock.advance(2_000)
    b.stream.release()
    await turns()
    b.clock.advance(900)
    receive(b, new CloseFrame(1000))
    await turns()
    expect(b.stream.destroyed).toBe(false)
    b.clock.advance(300)
    await turns()
    expect(b.stream.destroyed).toBe(true)
    expect(b.closed).toMatchObject([{ code: 1000, clean: true, initiator: 'local' }])
  })

  test('FIN instead of an answer: 1006, begun by us', async () => {
    const b = bench().start()
    b.connection.close()
    await turns()
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'local' }])
  })

  test.each([[1004], [1005], [1006], [1015], [999], [0], [2999], [5000], [1000.5], [Number.NaN], ['1000']])('code %s is a usage error; the connection is unharmed', async (code) => {
    const b = bench().start()
    expect(() => b.connection.close(code as number)).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_CODE' }))
    expect(b.connection.isEstablished).toBe(true)
    expect(b.connection.send('x')).toBe(true)
  })

  test('a reason has at most 123 bytes, counted in UTF-8', () => {
    const b = bench().start()
    expect(() => b.connection.close(1000, 'é'.repeat(62))).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_REASON' }))
    expect(() => b.connection.close(1000, 5 as never)).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_REASON' }))
    expect(b.connection.isEstablished).toBe(true)
    expect(b.connection.close(1000, 'é'.repeat(61))).toBe(true)
  })
})

describe('begun by the peer', () => {
  test('the answer echoes the code; replies that are ready go first', async () => {
    const b = bench().on('message', (connection, message) => { connection.send(message) }).start()
    receive(b, 'a', 'b', new CloseFrame(4321, 'why not'))
    await turns()
    expect(b.stream.frames.map(({ payload }) => payload.toString('latin1'))).toEqual(['a', 'b', '\x10\xe1'])
    expect(b.stream.hasEnded).toBe(true)
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([{ code: 4321, reason: 'why not', clean: true, initiator: 'peer', error: undefined }])
  })

  test('a Close without a code is answered without one: 1005', async () => {
    const b = bench().start()
    receive(b, new CloseFrame(1005))
    b.stream.receiveEnd()
    await turns()
    expect(b.stream.frames).toMatchObject([{ opcode: Opcode.Close, payload: Buffer.alloc(0) }])
    expect(b.closed).toMatchObject([{ code: 1005, reason: '', clean: true }])
  })

  test('a reply that is still being made is refused', async () => {
    const making = gate()
    let accepted: boolean | undefined
    const b = bench().on('message', async (connection) => { await making.promise; accepted = connection.send('late') }).start()
    receive(b, 'a', new CloseFrame(1000))
    await turns()
    making.open()
    await turns()
    expect(accepted).toBe(false)
    expect(b.host.counters.sendsRefused).toBe(1)
    expect(b.stream.frames.length).toBe(1)
  })

  test('what follows its Close is read and thrown away, up to 1 MiB', async () => {
    const b = bench().on('message', () => { throw new Error('never') }).start()
    receive(b, new CloseFrame(1000), 'x')
    for (let i = 0; i < 16; i++) { receive(b, Buffer.alloc(60_000)); await turns(1) }
    expect(b.stream.destroyed).toBe(false)
    for (let i = 0; i < 3; i++) { receive(b, Buffer.alloc(60_000)); await turns(1) }
    expect(b.stream.destroyed).toBe(true)
    expect(b.closed).toMatchObject([{ code: 1000, clean: true }])
  })

  test('FIN without Close: 1006, begun by the peer', async () => {
    const b = bench().start()
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([{ code: 1006, reason: '', clean: false, initiator: 'peer', error: undefined }])
  })

  test('RST: 1006 with the error', async () => {
    const b = bench().start()
    b.stream.destroy(new Error('ECONNRESET'))
    await turns()
    expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'peer', error: { message: 'ECONNRESET' } }])
    expect(b.errors).toEqual([])
  })
})

describe('FIN behind messages that are still being handled', () => {
  test('loses none of them', async () => {
    const seen: string[] = []
    const b = bench().on('message', async (_connection, message) => { await turns(1); seen.push(String(message)) }).start()
    receive(b, ...Array.from({ length: 100 }, (_, i) => String(i)))
    b.stream.receiveEnd()
    await turns(130)
    expect(seen.length).toBe(100)
    expect(b.closed).toMatchObject([{ code: 1006, initiator: 'peer' }])
  })

  test('nor the Close among them', async () => {
    const seen: string[] = []
    const b = bench().on('message', async (_connection, message) => { await turns(1); seen.push(String(message)) }).start()
    receive(b, ...Array.from({ length: 100 }, (_, i) => String(i)), new CloseFrame(4000, 'done'))
    b.stream.receiveEnd()
    await turns(130)
    expect(seen.length).toBe(100)
    expect(b.closed).toMatchObject([{ code: 4000, reason: 'done', clean: true }])
  })

  test('a paused connection hears of both when it is resumed', async () => {
    const seen: unknown[] = []
    const b = bench().on('message', (connection, message) => { seen.push(message); if (message === 'a') connection.pause() }).start()
    receive(b, 'a', 'b')
    b.stream.receiveEnd()
    await turns()
    expect(seen).toEqual(['a'])
    b.connection.resume()
    await turns()
    expect(seen).toEqual(['a', 'b'])
    expect(b.closed).toMatchObject([{ code: 1006 }])
  })

  test('the deadline of a Close holds all the same', async () => {
    const b = bench({ closeTimeout: 1_000 }).on('message', () => new Promise(() => {})).start()
    receive(b, ...Array.from({ length: 100 }, (_, i) => String(i)))
    b.stream.receiveEnd()
    await turns()
    b.connection.close()
    b.clock.advance(1_200)
    await turns()
    expect(b.stream.destroyed).toBe(true)
  })
})

test('simultaneous closes: each side takes the other\'s Close for the answer', async () => {
  const b = bench().start()
  b.connection.close(4000)
  receive(b, new CloseFrame(4001, 'theirs'))
  b.stream.receiveEnd()
  await turns()
  expect(b.stream.frames.length).toBe(1)
  expect(b.closed).toMatchObject([{ code: 4001, reason: 'theirs', clean: true, initiator: 'local' }])
})

test('terminate cuts at once, whatever waits', async () => {
  const b = bench().start()
  b.connection.send('never sent')
  b.connection.terminate()
  b.connection.terminate()
  expect(b.stream.destroyed).toBe(true)
  await turns()
  expect(b.stream.writes).toEqual([])
  expect(b.host.counters.bytesDropped).toBe(12)
  expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'local', error: undefined }])
})

test('everything is safe on a closed connection', async () => {
  const b = bench().start()
  b.connection.terminate()
  await turns()
  const { connection } = b
  expect(connection.send('x')).toBe(false)
  expect(connection.ping()).toBe(false)
  expect(connection.pong()).toBe(false)
  expect(connection.close()).toBe(false)
  expect(await connection.sendStream(['x'])).toBe(false)
  connection.terminate()
  connection.pause()
  connection.resume()
  connection.protect()
  connection.subscribe('late').unsubscribe('late')
  expect(connection.topics.size).toBe(0)
  expect(b.host.topics.size).toBe(0)
  expect(connection.signal.aborted).toBe(true)
  expect(connection.bufferedAmount).toBe(0)
  expect(b.runtime.wheel.size).toBe(0)
})
