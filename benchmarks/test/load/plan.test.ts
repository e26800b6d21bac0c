import { describe, expect, test } from 'vitest'
import { frameOf } from '../../src/load/frame.js'
import { parsePlan, planOf, serializePlan } from '../../src/load/plan.js'
import { payloadOf } from '../../src/payload.js'
import type { Workload } from '../../src/workloads/workload.js'

const ECHO: Workload = { does: 'echo', connections: 50, payload: 'binary', size: 64, depth: 16 }

describe('a plan', () => {
  test('reads as it was written, whatever the bytes are', () => {
    const plan = planOf({ ...ECHO, size: 1000 }, 'plain', 1234)
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
  })

  test('of an echo: every connection sends a batch, and gets as many answers', () => {
    const plan = planOf(ECHO, 'plain', 1)
    const payload = payloadOf('binary', 64)
    const sent = frameOf({ opcode: 2, payload, isMasked: true })
    expect(plan).toMatchObject({ mode: 'rounds', senders: 50, expected: 16, barrier: 0, deflate: 0, variants: 1, discard: 0 })
    expect(plan.batch.equals(Buffer.concat(Array<Buffer>(16).fill(sent)))).toBe(true)
    expect(plan.ends.readUInt32LE()).toBe(plan.batch.length)
    expect(plan.answer.equals(frameOf({ opcode: 2, payload }))).toBe(true)
    expect(planOf(ECHO, 'mirror', 1).answer.equals(sent)).toBe(true)
  })

  test('of a broadcast one asks and all are answered; in a chat everybody says one thing and hears all', () => {
    const broadcast: Workload = { does: 'broadcast', connections: 1000, payload: 'ascii', size: 64, perTurn: 16 }
    expect(planOf(broadcast, 'plain', 1)).toMatchObject({ senders: 1, expected: 16, barrier: 1 })
    expect(planOf({ ...broadcast, does: 'chat' }, 'plain', 1)).toMatchObject({ senders: 1000, expected: 1000, barrier: 1 })
    // Those that mirror send everybody a frame that is made before
    expect(planOf(broadcast, 'mirror', 1).answer.equals(frameOf({ opcode: 1, payload: payloadOf('ascii', 64) }))).toBe(true)
  })

  test('with deflate: the offer of a browser, and messages that take turns beyond a window', () => {
    const plan = planOf({ ...ECHO, payload: 'json', depth: 1, deflate: true }, 'plain', 1)
    expect(plan.request.toString()).toContain('\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n')
    expect(plan).toMatchObject({ deflate: 1, variants: 1024, opcode: 1 })
    expect(plan.payload.length).toBe(64 * 1024)
    expect(plan.ends.length).toBe(4 * 1024)
    expect(plan.ends.readUInt32LE(4 * 1023)).toBe(plan.batch.length)
    expect(() => planOf({ ...ECHO, deflate: true }, 'plain', 1)).toThrow('one at a time')
  })

  test('of opening and closing: our Close, and the same back', () => {
    const plan = planOf({ ...ECHO, does: 'open', depth: 1 }, 'plain', 1)
    expect([plan.mode, plan.batch[0], plan.payload.toString('hex')]).toEqual(['churn', 0x88, '03e8'])
  })

  test("in Socket.IO's and Nest's words", () => {
    const text: Workload = { ...ECHO, payload: 'ascii', size: 3, depth: 1 }
    const socketIo = planOf(text, 'socket.io', 1)
    expect(socketIo.answer.subarray(2).toString()).toBe('42["message","The"]')
    expect([socketIo.discard, socketIo.prelude.length]).toEqual([2, 8])
    expect(socketIo.request.toString()).toMatch(/^GET \/socket\.io\/\?EIO=4&transport=websocket /)
    expect(planOf(text, 'nest', 1).answer.subarray(2).toString()).toBe('{"event":"message","data":"The"}')
  })
})
