// The order of a connection's events: one in flight, a bounded queue behind it, then reading stops between two frames.
import { describe, expect, test, vi } from 'vitest'
import type { Connection } from '../../src/connection/connection.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { type Gate, gate, turns } from '../support/wait.js'

const ping = (payload: string): Frame => new Frame({ opcode: Opcode.Ping, payload })

/** A message handler that waits for a gate of its own for every message. */
function gated() {
  const started: string[] = []
  const gates: Gate[] = []
  const handler = (_connection: Connection, message: string | Buffer): Promise<void> => {
    started.push(String(message))
    const next = gate()
    gates.push(next)
    return next.promise
  }
  const finish = async (count = 1): Promise<void> => {
    for (let i = 0; i < count; i++) {
      gates.shift()!.open()
      await turns(1)
    }
  }
  return { started, gates, handler, finish }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

describe('asynchronous handlers', () => {
  test('one is in flight; the others follow in order', async () => {
    const { started, handler, finish } = gated()
    const b = bench().on('message', handler).start()
    receive(b, 'a', 'b', 'c')
    await turns()
    expect(started).toEqual(['a'])
    await finish()
    expect(started).toEqual(['a', 'b'])
    await finish(2)
    expect(started).toEqual(['a', 'b', 'c'])
  })

  test('16 wait behind the one in flight, then reading stops in the middle of the chunk', async () => {
    const { started, handler, finish } = gated()
    const b = bench().on('message', handler).start()
    receive(b, ...numbers(1_000))
    await turns()
    expect(b.host.counters.messagesReceived).toBe(17)
    expect(b.wire.isReading).toBe(false)
    expect(b.stream.isPaused()).toBe(true)
    await finish(7)
    expect(b.host.counters.messagesReceived, 'reading goes on only when half of the room is free').toBe(17)
    await finish()
    expect(b.host.counters.messagesReceived).toBe(25)
    while (started.length < 1_000) await finish()
    expect(started).toEqual(numbers(1_000))
    await finish()
    expect(b.wire.isReading).toBe(true)
  })

  test('maxQueuedMessages sets another number', async () => {
    const { handler } = gated()
    const b = bench({ maxQueuedMessages: 1 }).on('message', handler).start()
    receive(b, 'a', 'b', 'c', 'd')
    await turns()
    expect(b.host.counters.messagesReceived).toBe(2)
  })

  test('reading also stops when as many bytes wait as one message may have', async () => {
    const { started, handler, finish } = gated()
    const b = bench({ maxMessageSize: 100 }).on('message', handler).start()
    receive(b, 'x', 'y'.repeat(60), 'z'.repeat(60), 'last')
    await turns()
    expect(b.host.counters.messagesReceived).toBe(3)
    await finish(4)
    expect(started.at(-1)).toBe('last')
  })

  test('with maxMessageSize 0 empty messages still flow', async () => {
    const { started, handler, finish } = gated()
    const b = bench({ maxMessageSize: 0 }).on('message', handler).start()
    receive(b, ...numbers(40).map(() => ''))
    await turns()
    for (let i = 0; i < 40; i++) await finish()
    expect(started.length).toBe(40)
  })

  test('chunks that come meanwhile lose nothing', async () => {
    const { started, handler, finish } = gated()
    const b = bench().on('message', handler).start()
    for (const part of ['a', 'b', 'c']) {
      receive(b, ...numbers(30).map((number) => part + number))
      await turns(1)
    }
    while (started.length < 90) await finish()
    expect(started).toEqual(['a', 'b', 'c'].flatMap((part) => numbers(30).map((number) => part + number)))
  })

  test('events of one connection keep the order of the wire', async () => {
    const log: string[] = []
    const { handler, finish } = gated()
    const b = bench({ deliver: { ping: true, close: true } })
      .on('message', (connection, message) => { log.push(String(message)); return handler(connection, message) })
      .on('ping', (_connection, payload) => { log.push(`ping ${payload}`) })
      .on('frame', (_connection, frame) => { log.push(`frame ${frame.opcode}`) })
      .on('close', (_connection, { code }) => { log.push(`close ${code}`) })
      .start()
    receive(b, 'a', ping('1'), 'b', ping('2'), new CloseFrame(1001))
    b.stream.receiveEnd()
    await turns()
    expect(log).toEqual(['a'])
    await finish(2)
    expect(log).toEqual(['a', 'frame 9', 'ping 1', 'b', 'frame 9', 'ping 2', 'frame 8', 'close 1001'])
  })
})

describe('synchronous handlers', () => {
  test('allocate no promise', async () => {
    const b = bench().on('message', (connection, message) => { connection.send(message) }).start()
    await turns()
    const then = vi.spyOn(Promise.prototype, 'then')
    receive(b, ...numbers(100))
    b.stream.read()
    const called = then.mock.calls.length
    then.mockRestore()
    expect(called).toBe(0)
    await turns()
    expect(b.stream.frames.length).toBe(100)
  })

  test('a handler that resumes, pauses or closes is not entered again before it has returned', async () => {
    const log: string[] = []
    const first = gate()
    let depth = 0
    const b = bench({ maxQueuedMessages: 4 }).on('message', (connection, message) => {
      expect(++depth).toBe(1)
      log.push(String(message))
      connection.pause()
      connection.resume()
      depth--
      return message === '0' ? first.promise : undefined
    }).start()
    receive(b, ...numbers(12))
    await turns()
    expect(log).toEqual(['0'])
    first.open()
    await turns()
    expect(log).toEqual(numbers(12))
  })

  test('closing inside a handler keeps the order of what waits', async () => {
    const log: string[] = []
    const first = gate()
    const b = bench({ maxQueuedMessages: 4 }).on('message', (connection, message) => {
      log.push(String(message))
      if (message === '1') connection.close()
      return message === '0' ? first.promise : undefined
    }).start()
    receive(b, ...numbers(12))
    await turns()
    first.open()
    await turns()
    expect(log).toEqual(numbers(12))
  })
})

describe('a handler that fails', () => {
  const failures = {
    throws: () => { throw new Error('mine') },
    rejects: () => Promise.reject(new Error('mine')),
    'rejects later': async () => { await turns(2); throw new Error('mine') },
  }
  for (const [how, fail] of Object.entries(failures)) {
    test(`${how}: 1011 without its text, one error event with the connection, no further message`, async () => {
      const seen: string[] = []
      const heard: unknown[] = []
      const b = bench().on('message', (_connection, message) => { seen.push(String(message)); return fail() })
        .on('error', (_error, connection) => { heard.push(connection) }).start()
      receive(b, 'a', 'b', 'c')
      await turns(6)
      expect(seen).toEqual(['a'])
      expect(b.errors.map(String)).toEqual(['Error: mine'])
      expect(heard).toEqual([b.connection])
      expect(b.stream.frames.map((frame) => [(frame as CloseFrame).code, (frame as CloseFrame).reason])).toEqual([[1011, '']])
      b.stream.receiveEnd()
      await turns()
      expect(b.closed).toEqual([{ code: 1011, reason: '', clean: false, initiator: 'local', error: b.errors[0] }])
    })
  }

  test('a close handler that fails is reported, and the connection counts as settled', async () => {
    const settled = vi.fn()
    const b = bench().on('close', () => Promise.reject(new Error('mine')))
    b.host.onSettled = settled
    b.start().connection.terminate()
    await turns()
    expect(b.errors.map(String)).toEqual(['Error: mine'])
    expect(settled).toHaveBeenCalledTimes(1)
  })

  test('something that is not an Error is reported as it is', async () => {
    const b = bench().on('message', () => { throw 'text' }).start() // eslint-disable-line no-throw-literal
    receive(b, 'a')
    await turns()
    expect(b.errors).toEqual(['text'])
    b.stream.receiveEnd()
    await turns()
    expect(b.closed[0]).toMatchObject({ code: 1011, error: undefined })
  })
})

describe('several handlers of one event', () => {
  test('run in order, each awaited', async () => {
    const log: string[] = []
    const b = bench()
      .on('message', async (_connection, message) => { log.push(`1 ${message}`); await turns(1); log.push(`1 done ${message}`) })
      .on('message', (_connection, message) => { log.push(`2 ${message}`) })
      .on('message', async (_connection, message) => { await turns(1); log.push(`3 ${message}`) })
      .start()
    receive(b, 'a', 'b')
    await turns(12)
    expect(log).toEqual(['a', 'b'].flatMap((message) => [`1 ${message}`, `1 done ${message}`, `2 ${message}`, `3 ${message}`]))
  })

  test('a thenable counts as a promise', async () => {
    const log: string[] = []
    const b = bench()
      .on('message', (_connection, message) => ({ then: (resolve: () => void) => { setImmediate(() => { log.push(`done ${message}`); resolve() }) } }))
      .on('message', (_connection, message) => { log.push(String(message)) })
      .start()
    receive(b, 'a', 'b')
    await turns(8)
    expect(log).toEqual(['done a', 'a', 'done b', 'b'])
  })

  test('the close handlers are awaited before the connection counts as settled', async () => {
    const first = gate()
    const settled = vi.fn()
    const log: string[] = []
    const b = bench().on('close', () => first.promise).on('close', () => { log.push('second') })
    b.host.onSettled = settled
    b.start().connection.terminate()
    await turns()
    expect(log).toEqual([])
    expect(settled).not.toHaveBeenCalled()
    first.open()
    await turns()
    expect(log).toEqual(['second'])
    expect(settled).toHaveBeenCalledTimes(1)
  })
})
