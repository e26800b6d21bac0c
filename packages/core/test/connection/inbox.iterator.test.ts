// `for await (const message of connection)`: messages by pull, once, also inside `open` (FEATURES A2).
import { describe, expect, test, vi } from 'vitest'
import type { Connection } from '../../src/connection/connection.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { masked } from '../support/raw-peer.js'
import { gate, turns } from '../support/wait.js'

const ping = (payload: string): Frame => new Frame({ opcode: Opcode.Ping, payload })

async function readAll(connection: Connection, into: string[]): Promise<void> {
  for await (const message of connection) into.push(String(message))
  into.push('end')
}

describe('an iterator inside open', () => {
  test('gets the messages although open has not settled; handlers get none', async () => {
    const [pulled, pushed]: [string[], unknown[]] = [[], []]
    const b = bench().on('open', (connection) => readAll(connection, pulled))
      .on('message', (_connection, message) => { pushed.push(message) }).start(masked('early'))
    receive(b, 'a', 'b')
    await turns()
    expect(pulled).toEqual(['early', 'a', 'b'])
    expect(pushed).toEqual([])
    receive(b, new CloseFrame(1000))
    b.stream.receiveEnd()
    await turns()
    expect(pulled).toEqual(['early', 'a', 'b', 'end'])
    expect(b.closed).toMatchObject([{ code: 1000, clean: true }])
  })

  test('taken late gets what has waited', async () => {
    const first = gate()
    const pulled: string[] = []
    const b = bench().on('open', async (connection) => { await first.promise; await readAll(connection, pulled) }).start()
    receive(b, ...Array.from({ length: 40 }, (_, i) => String(i)))
    await turns()
    first.open()
    await turns(8)
    expect(pulled).toEqual(Array.from({ length: 40 }, (_, i) => String(i)))
  })

  test('taken after the peer has gone gets what has waited, and ends', async () => {
    const first = gate()
    const pulled: string[] = []
    const settled = vi.fn()
    const b = bench().on('open', async (connection) => { await first.promise; await readAll(connection, pulled) })
    b.host.onSettled = settled
    b.start()
    receive(b, 'a', 'b', new CloseFrame(4000))
    b.stream.receiveEnd()
    await turns()
    first.open()
    await turns(6)
    expect(pulled).toEqual(['a', 'b', 'end'])
    expect(b.closed).toMatchObject([{ code: 4000 }])
    expect(settled).toHaveBeenCalledTimes(1)
  })

  test('other events do not wait for open, but one by one for each other', async () => {
    const log: string[] = []
    const gates = [gate(), gate()]
    const b = bench().on('open', (connection) => readAll(connection, log))
      .on('ping', (_connection, payload) => { log.push(`ping ${payload}`); return gates[Number(payload)]!.promise }).start()
    receive(b, ping('0'), 'a', ping('1'), 'b')
    await turns()
    expect(log.filter((entry) => entry.startsWith('ping'))).toEqual(['ping 0'])
    expect(log).toContain('b')
    gates[0]!.open()
    await turns()
    expect(log.filter((entry) => entry.startsWith('ping'))).toEqual(['ping 0', 'ping 1'])
    gates[1]!.open()
  })

  test('events that waited when it was taken do not wait any longer', async () => {
    const first = gate()
    const log: string[] = []
    const b = bench().on('open', async (connection) => { await first.promise; await readAll(connection, log) })
      .on('ping', (_connection, payload) => { log.push(`ping ${payload}`) }).start()
    receive(b, ping('0'))
    await turns()
    first.open()
    await turns()
    receive(b, ping('1'))
    await turns()
    expect(log).toEqual(['ping 0', 'ping 1'])
  })

  test('the close event waits until open has settled, whatever other handlers do', async () => {
    const log: string[] = []
    const [opening, pinging] = [gate(), gate()]
    const b = bench().on('open', async (connection) => { await readAll(connection, log); await opening.promise; log.push('opened') })
      .on('ping', async () => { await pinging.promise; log.push('pinged') })
      .on('close', () => { log.push('close') }).start()
    receive(b, ping(''), new CloseFrame(1000))
    b.stream.receiveEnd()
    await turns()
    pinging.open()
    await turns()
    expect(log).toEqual(['end', 'pinged'])
    opening.open()
    await turns()
    expect(log).toEqual(['end', 'pinged', 'opened', 'close'])
  })

  test('an error thrown in the loop closes with 1011', async () => {
    const b = bench().on('open', async (connection) => { for await (const message of connection) throw new Error(String(message)) }).start()
    receive(b, 'a', 'b')
    await turns()
    expect(b.errors.map(String)).toEqual(['Error: a'])
    expect(b.stream.frames).toMatchObject([{ code: 1011 }])
  })

  test('reading stops when it does not keep up, and goes on when it does', async () => {
    let next!: () => Promise<unknown>
    const b = bench().on('open', (connection) => {
      const iterator = connection[Symbol.asyncIterator]()
      next = () => iterator.next()
    }).start()
    receive(b, ...Array.from({ length: 40 }, (_, i) => String(i)))
    await turns()
    expect(b.host.counters.messagesReceived).toBe(16)
    expect(b.wire.isReading).toBe(false)
    for (let i = 0; i < 40; i++) expect(await next()).toEqual({ done: false, value: String(i) })
    await turns()
    expect(b.wire.isReading).toBe(true)
  })
})

describe('the rules', () => {
  test('a second iterator is a usage error', async () => {
    const b = bench().on('open', () => {}).start()
    b.connection[Symbol.asyncIterator]()
    expect(() => b.connection[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_READ' }))
  })

  test('one taken after a handler has received a message is a usage error', async () => {
    const b = bench().on('message', () => {}).start()
    receive(b, 'a')
    await turns()
    expect(() => b.connection[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_READ' }))
  })

  test('where no handler takes messages, an iterator may come late', async () => {
    const b = bench({ pushOnly: true }).start()
    receive(b, 'nobody hears this')
    await turns()
    const pulled: string[] = []
    void readAll(b.connection, pulled)
    receive(b, 'a')
    await turns()
    expect(pulled).toEqual(['a'])
  })

  test('after a break the next loop goes on where this one stopped', async () => {
    const pulled: string[] = []
    const b = bench().on('open', async (connection) => {
      for await (const message of connection) { pulled.push(String(message)); if (message === 'b') break }
      pulled.push('break')
      await turns(2)
      await readAll(connection, pulled)
    }).start()
    receive(b, 'a', 'b', 'c', 'd')
    await turns(8)
    expect(pulled).toEqual(['a', 'b', 'break', 'c', 'd'])
  })

  test('a reader that waits when its iterator is returned hears the end, and takes no message with it', async () => {
    const b = bench().on('open', () => {}).start()
    const iterator = b.connection[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return!()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const pulled: string[] = []
    void readAll(b.connection, pulled)
    receive(b, 'a')
    await turns()
    expect(pulled).toEqual(['a'])
  })

  test('on a closed connection it ends at once', async () => {
    const b = bench().on('open', () => {}).start()
    b.connection.terminate()
    await turns()
    const pulled: string[] = []
    await readAll(b.connection, pulled)
    expect(pulled).toEqual(['end'])
  })

  test('close and terminate inside the loop end it', async () => {
    for (const how of ['close', 'terminate'] as const) {
      const pulled: string[] = []
      const b = bench().on('open', async (connection) => {
        for await (const message of connection) { pulled.push(String(message)); connection[how]() }
        pulled.push('end')
      }).start()
      receive(b, 'a')
      await turns()
      receive(b, new CloseFrame(1000))
      b.stream.receiveEnd()
      await turns()
      expect(pulled, how).toEqual(['a', 'end'])
    }
  })
})
