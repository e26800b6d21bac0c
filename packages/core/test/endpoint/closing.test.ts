// Ending many connections together: Close to each, their handlers awaited, up to a deadline.
import { describe, expect, test } from 'vitest'
import { resolveCloseOptions } from '../../src/endpoint/close-options.js'
import { CloseFrame } from '../../src/protocol/index.js'
import { Bench, bench, receive } from '../support/bench.js'
import { FakeSocket } from '../support/fake-socket.js'
import { gate, turns } from '../support/wait.js'

const options = (deadline = 10_000) => resolveCloseOptions({ deadline })

function group(count: number): Bench[] {
  const first = bench().start()
  return [first, ...Array.from({ length: count - 1 }, () => new Bench(new FakeSocket(), {}, first).start())]
}

function leave(member: Bench): void {
  receive(member, new CloseFrame(1001))
  member.stream.receiveEnd()
}

describe('closing', () => {
  test('reaches the chosen ones only, and waits for exactly those', async () => {
    const members = group(4)
    const [a, b, c, d] = members as [Bench, Bench, Bench, Bench]
    let isOver = false
    const closing = a.host.lingering.close(a.runtime, options(), (connection) => connection === a.connection || connection === b.connection).then(() => { isOver = true })
    await turns()
    expect(members.map(({ connection }) => connection.readyState)).toEqual([2, 2, 1, 1])
    leave(a)
    await turns()
    expect(isOver).toBe(false)
    leave(b)
    await closing
    expect([c, d].every(({ connection }) => connection.isEstablished)).toBe(true)
    expect(a.runtime.wheel.size).toBe(0)
  })

  test('with nobody there is over at once', async () => {
    const [a] = group(1)
    await a!.host.lingering.close(a!.runtime, options(), () => false)
    expect(a!.runtime.wheel.size).toBe(0)
  })

  test('waits for close handlers of connections that have ended before', async () => {
    const [a] = group(1)
    const handling = gate()
    a!.on('close', () => handling.promise)
    a!.connection.terminate()
    await turns()
    let isOver = false
    const closing = a!.host.lingering.close(a!.runtime, options(), () => true).then(() => { isOver = true })
    await turns()
    expect(isOver).toBe(false)
    handling.open()
    await closing
  })

  test('twice at once: both end, each with its own deadline', async () => {
    const [a] = group(1)
    const ended: string[] = []
    const long = a!.host.lingering.close(a!.runtime, options(10_000), () => true).then(() => { ended.push('long') })
    const short = a!.host.lingering.close(a!.runtime, options(1_000), () => true).then(() => { ended.push('short') })
    a!.clock.advance(1_200)
    await short
    await long
    expect(a!.stream.destroyed).toBe(true)
    expect(ended[0]).toBe('short')
  })

  test('at the deadline cuts and does not wait any longer', async () => {
    const [a] = group(1)
    a!.on('close', () => new Promise(() => {}))
    const closing = a!.host.lingering.close(a!.runtime, options(500), () => true)
    a!.clock.advance(700)
    await closing
    expect(a!.stream.destroyed).toBe(true)
  })
})

test('the options are checked before anything begins', () => {
  expect(resolveCloseOptions({})).toEqual({ code: 1001, reason: '', deadline: 10_000 })
  for (const wrong of [{ code: 1006 }, { code: 0 }, { reason: 'é'.repeat(62) }, { deadline: 0 }, { deadline: -1 }, { deadline: Number.NaN }, { deadline: '5' as never }]) {
    expect(() => resolveCloseOptions(wrong)).toThrow(expect.objectContaining({ name: 'UsageError' }))
  }
})
