// `open` gates: nothing is delivered, and nothing lost, before its handlers have settled (FEATURES A2).
import { describe, expect, test, vi } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { masked } from '../support/raw-peer.js'
import { gate, turns } from '../support/wait.js'

describe('an asynchronous open handler', () => {
  test('holds back messages, and loses none', async () => {
    const opening = gate()
    const log: string[] = []
    const b = bench().on('open', async () => { await opening.promise; log.push('opened') })
      .on('message', (_connection, message) => { log.push(String(message)) }).start()
    for (let i = 0; i < 40; i++) receive(b, String(i))
    await turns()
    expect(log).toEqual([])
    expect(b.wire.isReading).toBe(false)
    opening.open()
    await turns()
    expect(log).toEqual(['opened', ...Array.from({ length: 40 }, (_, i) => String(i))])
  })

  test('early frames wait as well', async () => {
    const opening = gate()
    const log: string[] = []
    bench().on('open', () => opening.promise).on('message', (_connection, message) => { log.push(String(message)) })
      .start(Buffer.concat([masked('early'), masked('split').subarray(0, 3)]))
    await turns()
    expect(log).toEqual([])
    opening.open()
    await turns()
    expect(log).toEqual(['early'])
  })

  test('messages, then the close event, follow when the peer has gone meanwhile', async () => {
    const opening = gate()
    const log: string[] = []
    const settled = vi.fn()
    const b = bench().on('open', () => opening.promise).on('message', (_connection, message) => { log.push(String(message)) })
      .on('close', (connection, { code }) => { log.push(`close ${code} ${connection.readyState}`) })
    b.host.onSettled = settled
    b.start()
    receive(b, 'a', 'b', new CloseFrame(4000))
    b.stream.receiveEnd()
    await turns()
    expect(b.connection.readyState).toBe(3)
    expect(log).toEqual([])
    expect(settled).not.toHaveBeenCalled()
    opening.open()
    await turns()
    expect(log).toEqual(['a', 'b', 'close 4000 3'])
    expect(settled).toHaveBeenCalledTimes(1)
  })

  test('aborts its signal when the peer goes', async () => {
    const b = bench().on('open', (connection) => new Promise<void>((resolve) => { connection.signal.addEventListener('abort', () => resolve()) })).start()
    b.stream.destroy()
    await turns()
    expect(b.closed).toMatchObject([{ code: 1006, initiator: 'peer' }])
  })

  test('that rejects closes with 1011; what has come is not delivered', async () => {
    const opening = gate()
    const seen: string[] = []
    const b = bench().on('open', () => opening.promise).on('message', (_connection, message) => { seen.push(String(message)) }).start()
    receive(b, 'a')
    await turns()
    opening.fail(new Error('mine'))
    await turns()
    expect(b.errors.map(String)).toEqual(['Error: mine'])
    expect((b.stream.frames[0] as CloseFrame).code).toBe(1011)
    expect(seen).toEqual([])
  })

  test('Pings are answered meanwhile, ping handlers wait', async () => {
    const opening = gate()
    const pings: string[] = []
    const b = bench().on('open', () => opening.promise).on('ping', (_connection, payload) => { pings.push(payload.toString()) }).start()
    receive(b, new Frame({ opcode: Opcode.Ping, payload: 'p' }))
    await turns()
    expect(b.stream.frames.map(({ opcode }) => opcode)).toEqual([Opcode.Pong])
    expect(pings).toEqual([])
    opening.open()
    await turns()
    expect(pings).toEqual(['p'])
  })
})

describe('a synchronous open handler', () => {
  test('that throws closes with 1011, after the 101', async () => {
    const b = bench().on('open', () => { throw new Error('mine') }).on('message', () => { throw new Error('never') })
    b.wire.outbox.sendRaw(Buffer.from('101'))
    b.start(masked('early'))
    await turns()
    expect(b.stream.sent.toString('latin1', 0, 3)).toBe('101')
    expect(b.errors.map(String)).toEqual(['Error: mine'])
    expect(b.stream.hasEnded).toBe(true)
  })

  test('that terminates gets no message', async () => {
    const seen: unknown[] = []
    const b = bench().on('open', (connection) => { connection.terminate() }).on('message', (_connection, message) => { seen.push(message) }).start(masked('early'))
    await turns()
    expect(seen).toEqual([])
    expect(b.closed).toMatchObject([{ code: 1006, initiator: 'local' }])
  })

  test('that closes still gets what the peer sends before its Close', async () => {
    const seen: unknown[] = []
    const b = bench().on('open', (connection) => { connection.close(4001, 'bye') })
      .on('message', (connection, message) => { seen.push([message, connection.send('late')]) }).start(masked('early'))
    await turns()
    expect(seen).toEqual([['early', false]])
    expect(b.stream.frames).toMatchObject([{ code: 4001, reason: 'bye' }])
  })
})
