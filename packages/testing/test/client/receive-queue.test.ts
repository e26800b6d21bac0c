// Waiting for what comes, and being told what came instead.
import { expect, test } from 'vitest'
import { ReceiveQueue, type Wait } from '../../src/client/receive-queue.js'

function wait(more: Partial<Wait<number>> = {}): Wait<number> {
  return { timeout: 1_000, awaited: 'number', describe: () => 'nothing came', ...more }
}

test('items wait for takers, takers for items, both in order', async () => {
  const queue = new ReceiveQueue<number>()
  queue.push(1)
  queue.push(2)
  expect(queue.waiting).toEqual([1, 2])
  expect([await queue.next(wait()), await queue.next(wait())]).toEqual([1, 2])
  const both = [queue.next(wait()), queue.next(wait())]
  queue.push(3)
  queue.push(4)
  expect(await Promise.all(both)).toEqual([3, 4])
  expect(queue.waiting).toEqual([])
})

test('what is not wanted stays', async () => {
  const queue = new ReceiveQueue<number>()
  const even = queue.next(wait({ wants: (item) => item % 2 === 0 }))
  queue.push(1)
  queue.push(2)
  queue.push(4)
  expect(await even).toBe(2)
  expect(await queue.next(wait({ wants: (item) => item > 3 }))).toBe(4)
  expect(queue.waiting).toEqual([1])
})

test('a timeout says what was awaited and what came instead; the next item is not lost on it', async () => {
  const queue = new ReceiveQueue<number>()
  const late = queue.next(wait({ timeout: 5 }))
  await expect(late).rejects.toMatchObject({ code: 'WS_ERR_TEST_TIMEOUT', message: 'no number within 5 ms: nothing came' })
  queue.push(1)
  expect(await queue.next(wait())).toBe(1)
})

test('after the end, what waits can be taken, then it fails with the cause', async () => {
  const queue = new ReceiveQueue<number>()
  queue.push(1)
  const cause = new Error('reset')
  queue.end(cause)
  expect(queue.hasEnded).toBe(true)
  expect(await queue.next(wait())).toBe(1)
  const message = 'no number: the connection ended, nothing came'
  await expect(queue.next(wait())).rejects.toMatchObject({ code: 'WS_ERR_TEST_ENDED', message, cause })
})

test('the end reaches who waits already', async () => {
  const queue = new ReceiveQueue<number>()
  const next = queue.next(wait({ timeout: Number.POSITIVE_INFINITY }))
  queue.end(undefined)
  await expect(next).rejects.toMatchObject({ code: 'WS_ERR_TEST_ENDED' })
})
