// What the application holds: its face, not its machinery.
import { describe, expect, test } from 'vitest'
import { bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'

describe('topics', () => {
  test('are joined and left, and stay readable after the end', async () => {
    const b = bench()
    let atClose: string[] = []
    b.on('close', (connection) => { atClose = [...connection.topics] }).start()
    expect(b.connection.subscribe('a').subscribe('b').subscribe('a').unsubscribe('b').unsubscribe('c')).toBe(b.connection)
    expect([...b.connection.topics]).toEqual(['a'])
    expect(b.host.topics.membersOf('a').has(b.connection)).toBe(true)
    expect(b.host.topics.size).toBe(1)
    b.connection.terminate()
    await turns()
    expect(atClose).toEqual(['a'])
    expect(b.host.topics.size).toBe(0)
  })

  test.each([1, undefined, null, {}])('a topic is a string', (topic) => {
    const b = bench().start()
    expect(() => b.connection.subscribe(topic as never)).toThrow(expect.objectContaining({ code: 'WS_ERR_TOPIC' }))
  })

  test('names like __proto__ are only names', () => {
    const b = bench().start()
    b.connection.subscribe('__proto__').subscribe('constructor')
    expect(b.host.topics.size).toBe(2)
    expect(b.host.topics.membersOf('toString').size).toBe(0)
  })
})

describe('pause and resume', () => {
  test('stop and start reading; sending goes on', async () => {
    const seen: unknown[] = []
    const b = bench().on('message', (_connection, message) => { seen.push(message) }).start()
    b.connection.pause()
    receive(b, 'a')
    b.connection.send('out')
    await turns()
    expect(seen).toEqual([])
    expect(b.connection.isPaused).toBe(true)
    expect(b.stream.frames.length).toBe(1)
    b.connection.resume()
    await turns()
    expect(seen).toEqual(['a'])
    expect(b.connection.isPaused).toBe(false)
  })

  test('inside a handler the next message of the same chunk waits', async () => {
    const seen: unknown[] = []
    const b = bench().on('message', (connection, message) => { seen.push(message); connection.pause() }).start()
    receive(b, 'a', 'b', 'c')
    await turns()
    expect(seen).toEqual(['a'])
    b.connection.resume()
    expect(seen).toEqual(['a', 'b'])
    b.connection.resume()
    expect(seen).toEqual(['a', 'b', 'c'])
  })
})

describe('the signal', () => {
  test('aborts once the connection has closed, also when it is asked for later', async () => {
    const b = bench().start()
    const { signal } = b.connection
    expect(b.connection.signal).toBe(signal)
    expect(signal.aborted).toBe(false)
    b.connection.terminate()
    await turns()
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'WS_ERR_CLOSED' })
    const late = bench().start()
    late.connection.terminate()
    await turns()
    expect(late.connection.signal.aborted).toBe(true)
  })
})

test('data is the application\'s to change', () => {
  const b = bench().start()
  b.connection.data = { user: 'anna' }
  expect(b.connection.data).toEqual({ user: 'anna' })
})
