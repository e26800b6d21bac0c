import { describe, expect, it } from 'vitest'
import { Inbox } from '../../src/shared/inbox.js'
import type { Message } from '../../src/shared/link.js'

function inbox({ hasListeners = true, onDeliver = (_: Message): void => undefined } = {}) {
  const delivered: Message[] = []
  const flow: boolean[] = []
  const owner = {
    hasListeners,
    deliver(message: Message) {
      delivered.push(message)
      onDeliver(message)
    },
    setFlow: (isFlowing: boolean) => { flow.push(isFlowing) },
  }
  return { owner, delivered, flow, box: new Inbox(owner) }
}

const push = (box: Inbox, count: number, message: Message = 'x'): void => { for (let left = count; left > 0; left--) box.push(message) }

describe('Inbox', () => {
  it('delivers at once where somebody listens, and never stops the flow', () => {
    const { box, delivered, flow } = inbox()
    push(box, 1_000)
    expect([delivered.length, flow]).toEqual([1_000, []])
  })

  it('holds 16 messages, or 64 KiB, for those who come late', () => {
    for (const [message, count, kept] of [['x', 20, 16], ['x'.repeat(30_000), 20, 3]] as const) {
      const { owner, box, delivered, flow } = inbox({ hasListeners: false })
      push(box, count, message)
      owner.hasListeners = true
      box.flush()
      expect([delivered.length, flow]).toEqual([kept, []])
    }
  })

  it('paused, it keeps everything, and stops the flow', () => {
    const { box, delivered, flow } = inbox()
    box.setPaused(true)
    push(box, 100)
    expect([delivered.length, flow]).toEqual([0, [false]])
    box.setPaused(false)
    expect([delivered.length, flow]).toEqual([100, [false, true]])
  })

  it('a handler that pauses stops it, and one that resumes gets nothing inside itself', () => {
    const order: string[] = []
    const { box, delivered } = inbox({
      onDeliver(message) {
        order.push(`begin ${String(message)}`)
        if (message === 'a') {
          box.setPaused(true)
          box.push('b')
          box.setPaused(false)
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
    push(box, 16)
    expect(flow).toEqual([false])
    push(box, 4)
    await iterator.next()
    for (let count = 0; count < 4; count++) await iterator.next()
    expect([flow, delivered.length]).toEqual([[false, true], 0])
    await iterator.return?.()
    expect([delivered.length, box.isClaimed]).toEqual([15, false])
  })

  it('readers that wait get messages in order, and the end', async () => {
    const { box } = inbox()
    const iterator = box.claim()
    const readers = [iterator.next(), iterator.next(), iterator.next()]
    box.push('a')
    box.push('b')
    box.end()
    expect(await Promise.all(readers)).toEqual([{ done: false, value: 'a' }, { done: false, value: 'b' }, { done: true, value: undefined }])
    expect(box.isClaimed).toBe(false)
  })

  it('what waits at the end is still handed out', async () => {
    const { box } = inbox()
    const iterator = box.claim()
    box.push('a')
    box.end()
    expect([await iterator.next(), await iterator.next()]).toEqual([{ done: false, value: 'a' }, { done: true, value: undefined }])
  })

  it('in a closing handshake reading goes on, and what does not fit is discarded', async () => {
    const { box, flow } = inbox()
    const iterator = box.claim()
    push(box, 16)
    box.beginClosing()
    push(box, 100)
    expect(flow).toEqual([false, true])
    box.end()
    let count = 0
    for await (const message of iterator) count += message.length
    expect(count).toBe(16)
  })
})
