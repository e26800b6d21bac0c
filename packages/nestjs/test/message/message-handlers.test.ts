// The handlers of one connection: who runs, in which order, and who waits for whom.
import type { WsMessageHandler } from '@nestjs/common'
import { from, NEVER, type Observable, of, startWith, Subject, throwError } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/message/exchange.js'
import { MessageHandlers } from '../../src/message/message-handlers.js'

const asIs = (result: unknown): Observable<unknown> => result as Observable<unknown>

function setup(isFeed = false) {
  const log: unknown[] = []
  const ending = new AbortController()
  const exchange = {
    signal: ending.signal,
    reply: (value: unknown) => log.push(value),
    fail: (error: unknown) => log.push(`failed: ${String(error)}`),
  } as unknown as Exchange
  const handlers = new MessageHandlers(() => isFeed)
  const add = (callback: (...args: unknown[]) => unknown, message = 'say'): void => {
    handlers.add([{ message, methodName: 'm', callback } as unknown as WsMessageHandler], asIs)
  }
  return { log, ending, exchange, handlers, add }
}

async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  let settled = false
  void promise?.then(() => { settled = true })
  await new Promise((resolve) => { setImmediate(resolve) })
  return settled
}

describe('who runs', () => {
  test('all handlers of the event, one after the other, with data, event and exchange', async () => {
    const { log, handlers, add, exchange } = setup()
    add(async (...args) => { await Promise.resolve(); log.push(args); return 'first' })
    add(() => 'second')
    add(() => 'other', 'shout')
    await handlers.run('say', { text: 'hi' }, exchange)
    expect(log).toEqual([[{ text: 'hi' }, 'say', exchange], 'first', 'second'])
    expect(handlers.size).toBe(2)
  })

  test('nobody: the caller is told', () => {
    const { handlers, add, exchange } = setup()
    add(() => 1)
    expect(handlers.run('toString', undefined, exchange)).toBeUndefined()
  })

  test('a failure, thrown or rejected, is answered, and the next handler runs all the same', async () => {
    const { log, handlers, add, exchange } = setup()
    add(() => { throw new Error('a') })
    add(() => Promise.reject(new Error('b')))
    add(() => 'c')
    await expect(handlers.run('say', undefined, exchange)).resolves.toBeUndefined()
    expect(log).toEqual(['failed: Error: a', 'failed: Error: b', 'c'])
  })
})

describe('observables', () => {
  test('hold up the next message until their first value; the others follow', async () => {
    const { log, handlers, add, exchange } = setup()
    const values = new Subject<string>()
    add(() => values)
    const turn = handlers.run('say', undefined, exchange)
    expect(await isSettled(turn)).toBe(false)
    values.next('a')
    expect(await isSettled(turn)).toBe(true)
    values.next('b')
    values.error(new Error('end'))
    expect(log).toEqual(['a', 'b', 'failed: Error: end'])
  })

  const silent = [['an empty one', from([])], ['a failing one', throwError(() => new Error('x'))]] as const

  test.each(silent)('%s gives its turn away', async (_name, result) => {
    const { handlers, add, exchange } = setup()
    add(() => result)
    expect(await isSettled(handlers.run('say', undefined, exchange))).toBe(true)
  })

  test('nobody waits for a feed', async () => {
    const { handlers, add, exchange } = setup(true)
    add(() => NEVER)
    expect(await isSettled(handlers.run('say', undefined, exchange))).toBe(true)
  })

  test('end with the connection', async () => {
    const { log, ending, handlers, add, exchange } = setup()
    const values = new Subject<string>()
    add(() => values.pipe(startWith('a')))
    await handlers.run('say', undefined, exchange)
    ending.abort()
    values.next('b')
    expect([log, values.observed]).toEqual([['a'], false])
  })

  test('of a connection that has ended already still run, once: behind an interceptor, they are the handler', async () => {
    const { log, ending, handlers, add, exchange } = setup()
    ending.abort()
    add(() => of('a', 'b'))
    await handlers.run('say', undefined, exchange)
    expect(log).toEqual(['a'])
  })
})
