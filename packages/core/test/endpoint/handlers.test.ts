// Several handlers of one event: in order, each awaited if it is asynchronous; synchronous ones cost no promise.
import { describe, expect, test, vi } from 'vitest'
import { Handlers, isPromise } from '../../src/endpoint/handlers.js'

const tick = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

describe('running', () => {
  test('synchronous handlers give no promise, and get all values', () => {
    const handlers = new Handlers()
    const [a, b] = [vi.fn(() => 'ignored'), vi.fn()]
    handlers.add('message', a)
    handlers.add('message', b)
    expect(handlers.of('message').run(1, 2, 3)).toBeUndefined()
    expect(a).toHaveBeenCalledWith(1, 2, 3)
    expect(b).toHaveBeenCalledWith(1, 2, 3)
    expect(handlers.of('none').run(1, 2)).toBeUndefined()
  })

  test('the promise of a single handler is handed on as it is', () => {
    const handlers = new Handlers()
    const promise = Promise.resolve()
    handlers.add('message', () => promise)
    expect(handlers.of('message').run(1, 2)).toBe(promise)
  })

  test('each is awaited before the next', async () => {
    const log: string[] = []
    const handlers = new Handlers()
    handlers.add('open', async () => { await tick(); log.push('a') })
    handlers.add('open', () => { log.push('b') })
    handlers.add('open', async () => { await tick(); log.push('c') })
    await handlers.of('open').run(1, 2)
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('one that fails keeps the later ones from running', async () => {
    const later = vi.fn()
    const handlers = new Handlers()
    handlers.add('open', async () => { await tick(); throw new Error('mine') })
    handlers.add('open', later)
    await expect(handlers.of('open').run(1, 2)).rejects.toThrow('mine')
    expect(later).not.toHaveBeenCalled()
  })

  test('any thenable is awaited', async () => {
    const log: string[] = []
    const handlers = new Handlers()
    const thenable = { then: (resolve: () => void) => { setImmediate(() => { log.push('a'); resolve() }) } }
    handlers.add('open', () => thenable)
    handlers.add('open', () => { log.push('b') })
    const result = handlers.of('open').run(1, 2)
    expect(result).toBeInstanceOf(Promise)
    await result
    expect(log).toEqual(['a', 'b'])
  })
})

describe('the list', () => {
  test('may change while it runs: who runs through it sees it as it was', () => {
    const log: string[] = []
    const handlers = new Handlers()
    const b = (): void => { log.push('b') }
    handlers.add('open', () => { log.push('a'); handlers.remove('open', b); handlers.add('open', () => { log.push('c') }) })
    handlers.add('open', b)
    void handlers.of('open').run(1, 2)
    expect(log).toEqual(['a', 'b'])
    void handlers.of('open').run(1, 2)
    expect(log).toEqual(['a', 'b', 'a', 'c'])
  })

  test('is empty again when the last one is removed', () => {
    const handlers = new Handlers()
    const handler = (): void => {}
    expect(handlers.has('open')).toBe(false)
    handlers.add('open', handler)
    expect(handlers.has('open')).toBe(true)
    handlers.remove('open', () => {})
    expect(handlers.has('open')).toBe(true)
    handlers.remove('open', handler)
    expect(handlers.has('open')).toBe(false)
  })
})

test('what counts as a promise', () => {
  expect([Promise.resolve(), { then: () => {} }].map(isPromise)).toEqual([true, true])
  expect([undefined, null, 1, 'then', {}, { then: 1 }, () => {}].map(isPromise)).toEqual(Array.from({ length: 7 }, () => false))
})
