import { describe, expect, it } from 'vitest'
import { type Inbox, createInbox } from '../../src/shared/inbox.js'
import type { Link, Message } from '../../src/shared/link.js'

function inbox({ hasListeners = true, onDeliver = (_: Message): void => undefined } = {}) {
  const delivered: Message[] = []
  /** What is new of it. */
  const flow: boolean[] = []
  const waiters: (() => boolean)[] = []
  const link = { pause: (isStopped: boolean) => { if (isStopped === (flow.at(-1) ?? true)) flow.push(!isStopped) } } as Link
  const owner = {
    hasListeners,
    readyState: 1 as 1 | 2 | 3,
    link,
    platform: { misuse: Error },
    of: () => (owner.hasListeners ? [onDeliver] : []),
    emit(_: 'message', message: Message) {
      delivered.push(message)
      onDeliver(message)
    },
    until: <T>(answer: () => T | false) => new Promise<T>((resolve) => {
      waiters.push(() => {
        const value = answer()
        if (value !== false) resolve(value)
        return value === false
      })
      owner.update()
    }),
    update() {
      waiters.push(...waiters.splice(0).filter((isWaiting) => isWaiting()))
      box.deliver()
    },
    /** The client closes, or has closed. */
    enter(readyState: 2 | 3) {
      owner.readyState = readyState
      owner.update()
    },
  }
  const box = createInbox(owner)
  return { owner, delivered, flow, box }
}

const push = (box: Inbox, count: number, message: Message = 'x'): void => { for (let left = count; left > 0; left--) box.push(message) }

describe('an inbox', () => {
  it('delivers at once where somebody listens, and never stops the flow', () => {
    const { box, delivered, flow } = inbox()
    push(box, 1_000)
    expect([delivered.length, flow]).toEqual([1_000, []])
  })

  it('holds 16 messages, or 64 KiB, for those who come late', () => {
    for (const [message, count, kept] of [['', 20, 16], ['x', 20, 16], ['x'.repeat(30_000), 20, 2], ['x'.repeat(70_000), 20, 1]] as const) {
      const { owner, box, delivered, flow } = inbox({ hasListeners: false })
      push(box, count, message)
      owner.hasListeners = true
      box.deliver()
      expect([delivered.length, flow]).toEqual([kept, []])
    }
  })

  it('paused, it keeps everything, and stops the flow', () => {
    const { box, delivered, flow } = inbox()
    box.pause(true)
    push(box, 100)
    expect([delivered.length, flow]).toEqual([0, [false]])
    box.pause(false)
    expect([delivered.length, flow]).toEqual([100, [false, true]])
  })

  it('a handler that pauses stops it, and one that resumes gets nothing inside itself', () => {
    const order: string[] = []
    const { box, delivered } = inbox({
      onDeliver(message) {
        order.push(`begin ${String(message)}`)
        if (message === 'a') {
          box.pause(true)
          box.push('b')
          box.pause(false)
        }
        order.push(`end ${String(message)}`)
      },
    })
    box.push('a')
    expect([delivered, order]).toEqual([['a', 'b'], ['begin a', 'end a', 'begin b', 'end b']])
  })

  it('claimed, it keeps everything and stops the flow at 16 messages', async () => {
    const { box, delivered, flow } = inbox()
    const iterator = box.claim()
    push(box, 16, '')
    expect(flow).toEqual([false])
    push(box, 4, '')
    await iterator.next()
    for (let count = 0; count < 4; count++) await iterator.next()
    expect([flow, delivered.length]).toEqual([[false, true], 0])
    await iterator.return?.()
    expect(delivered).toHaveLength(15)
  })

  it('readers that wait get messages in order, and the end', async () => {
    const { owner, box } = inbox()
    const iterator = box.claim()
    const readers = [iterator.next(), iterator.next(), iterator.next()]
    box.push('a')
    box.push('b')
    owner.enter(3)
    expect(await Promise.all(readers)).toEqual([{ done: false, value: 'a' }, { done: false, value: 'b' }, { done: true, value: undefined }])
  })

  it('goes to one at a time: another may claim it when that one was left, or has been told of the end', async () => {
    const { owner, box } = inbox()
    const left = box.claim()
    expect(() => box.claim()).toThrow('WS_ERR_CLAIMED')
    const pending = left.next()
    await left.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    const ended = box.claim()
    box.push('a')
    expect([await left.next(), await ended.next()]).toEqual([{ done: true, value: undefined }, { done: false, value: 'a' }])
    owner.enter(3)
    expect(await ended.next()).toMatchObject({ done: true })
    expect(() => box.claim()).not.toThrow()
  })

  it('what waits at the end is still handed out', async () => {
    const { owner, box } = inbox()
    const iterator = box.claim()
    box.push('a')
    owner.enter(3)
    expect([await iterator.next(), await iterator.next()]).toEqual([{ done: false, value: 'a' }, { done: true, value: undefined }])
  })

  it('in a closing handshake reading goes on, and what does not fit is discarded', async () => {
    const { owner, box, flow } = inbox()
    const iterator = box.claim()
    push(box, 16, '')
    owner.enter(2)
    push(box, 100, 'x')
    expect(flow).toEqual([false, true])
    owner.enter(3)
    let count = 0
    for await (const message of iterator) count += 1 - message.length
    expect(count).toBe(16)
  })
})
