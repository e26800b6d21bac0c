import { describe, expect, test } from 'vitest'
import { metricOf, ratioOf, spreadOf, summarize } from '../src/results.js'
import type { Workload } from '../src/workloads/workload.js'

const workload: Workload = { does: 'echo', connections: 1, payload: 'binary', size: 64 }

describe('several measurements', () => {
  test('become median, least and most', () => {
    expect(spreadOf([3, 1, 20])).toEqual({ median: 3, min: 1, max: 20 })
    expect(spreadOf([4, 1, 20, 2])).toEqual({ median: 3, min: 1, max: 20 })
  })

  test('field by field, for those that have it', () => {
    expect(summarize([{ cpu: 2, rate: 10 }, { cpu: 4, rate: 30 }, { cpu: 9, rate: 20 }])).toEqual({
      cpu: { median: 4, min: 2, max: 9 },
      rate: { median: 20, min: 10, max: 30 },
    })
  })
})

describe('a ratio', () => {
  const found = (cpu: number, p99: number): ReturnType<typeof summarize> => summarize([{ cpu, p99 }])
  const servers = { tocsin: found(2, 50), ws: found(10, 40) }

  test('is how many times less of what the workload is judged by', () => {
    expect(ratioOf({ servers, workload }, 'tocsin', 'ws')).toBe(5)
    expect(ratioOf({ servers, workload: { ...workload, does: 'rate' } }, 'tocsin', 'ws')).toBe(0.8)
  })

  test('needs both of them', () => {
    expect(ratioOf({ servers, workload }, 'tocsin', 'net')).toBeUndefined()
  })

  test('memory and latency are judged by themselves, all else by CPU time', () => {
    expect((['echo', 'broadcast', 'chat', 'open', 'idle', 'rate'] as const).map((does) => metricOf({ ...workload, does })))
      .toEqual(['cpu', 'cpu', 'cpu', 'cpu', 'memory', 'p99'])
  })
})
