// Ending many connections together: Close to each, in batches, their handlers awaited, up to a deadline.
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

/** How many of them have had their Close. */
const told = (members: readonly Bench[]) => members.filter(({ connection }) => !connection.isEstablished).length

describe('a spread', () => {
  test('a hundred are told at once; the messages that were accepted before go first', async () => {
    const members = group(100)
    for (const { connection } of members) connection.send('last words')
    void members[0]!.host.lingering.close(members[0]!.runtime, options(), () => true)
    expect(told(members)).toBe(100)
    await turns()
    expect(members.every(({ stream }) => stream.frames.map(({ opcode }) => opcode).join() === '1,8')).toBe(true)
  })

  test('1,000 are told within half a second, 10,000 within half of the deadline, in even batches', () => {
    for (const [count, time] of [[1_000, 500], [10_000, 5_000]] as const) {
      const members = group(count)
      const { clock, runtime, host } = members[0]!
      void host.lingering.close(runtime, options(), () => true)
      const batches = [told(members)]
      for (let at = 100; at <= time; at += 100) {
        const before = told(members)
        clock.advance(100)
        batches.push(told(members) - before)
      }
      expect(told(members)).toBe(count)
      const fair = count / batches.length
      // Six times the standard deviation of chance
      for (const batch of batches) expect(Math.abs(batch - fair)).toBeLessThan(6 * Math.sqrt(fair))
    }
  })

  test('it is at most half of the deadline by default, and what the caller says otherwise', () => {
    const [many, few] = [group(5_000), group(10)]
    void many[0]!.host.lingering.close(many[0]!.runtime, options(1_000), () => true)
    many[0]!.clock.advance(500)
    expect(told(many)).toBe(5_000)
    void few[0]!.host.lingering.close(few[0]!.runtime, resolveCloseOptions({ spread: 5_000 }), () => true)
    few[0]!.clock.advance(4_000)
    few[0]!.clock.advance(1_000)
    expect(told(few)).toBe(10)
  })

  test('until its Close has come, a connection does whatever it likes, and may end by itself', async () => {
    const members = group(40)
    const { clock, runtime, host } = members[0]!
    let received = 0
    members[0]!.on('message', (connection, message) => { received++; connection.send(message) })
    const closing = host.lingering.close(runtime, resolveCloseOptions({ spread: 5_000 }), () => true)
    const waiting = members.filter(({ connection }) => connection.isEstablished)
    expect(waiting.length).toBeGreaterThan(20)
    receive(waiting[0]!, 'still there?')
    await turns()
    expect(received).toBe(1)
    expect(waiting[0]!.connection.send('yes')).toBe(true)
    waiting[0]!.connection.close(4000, 'own reasons')
    waiting[1]!.connection.terminate()
    clock.advance(5_000)
    await turns()
    expect(waiting[0]!.stream.frames.filter(({ opcode }) => opcode === 8).map(({ payload }) => payload.readUInt16BE(0))).toEqual([4000])
    for (const member of members) if (member !== waiting[1]) leave(member)
    await closing
    expect(runtime.wheel.size).toBe(0)
  })

  test('who comes last has the time that is left, and all is over at the deadline', async () => {
    const members = group(300)
    const { clock, runtime, host } = members[0]!
    let isOver = false
    const closing = host.lingering.close(runtime, resolveCloseOptions({ spread: 500, deadline: 1_000 }), () => true).then(() => { isOver = true })
    clock.advance(900)
    await turns()
    expect([isOver, told(members), members.some(({ stream }) => stream.destroyed)]).toEqual([false, 300, false])
    clock.advance(200)
    await closing
    expect(members.every(({ stream }) => stream.destroyed)).toBe(true)
    await turns()
    expect(members[0]!.closed[0]).toMatchObject({ error: { code: 'WS_ERR_CLOSE_TIMEOUT' } })
    expect(runtime.wheel.size).toBe(0)
  })

  test('when all have left before their turn, nothing is left of it', async () => {
    const members = group(5)
    const { runtime, host } = members[0]!
    const closing = host.lingering.close(runtime, resolveCloseOptions({ spread: 5_000 }), () => true)
    for (const { connection } of members) connection.terminate()
    await closing
    expect(runtime.wheel.size).toBe(0)
  })
})
