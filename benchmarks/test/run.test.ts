// The whole way, on a tiny run: every server is started, loaded, checked and measured. Nothing is said about times.
import { describe, expect, test } from 'vitest'
import { CATALOGUE, bunVersion, isAvailable } from '../src/catalogue.js'
import { type Generator, findGenerator } from '../src/load/generator.js'
import type { RowResult } from '../src/results.js'
import { type Observer, type Pace, type RunOptions, run } from '../src/run.js'
import type { Row, Workload } from '../src/workloads/workload.js'

const bun = bunVersion()
const bench = { generator: findGenerator(), pinning: { server: [], load: [], description: '' }, bun: bun?.command }
const TINY: Pace = { timing: { warmUp: 1, duration: 10, idle: [5, 15], settling: 4 }, maxConnections: 4, isQuick: true }
const ECHO: Workload = { does: 'echo', connections: 2, payload: 'binary', size: 64, depth: 2 }
/** Those that differ in compression only are the same here. */
const PLAIN = Object.entries(CATALOGUE)
  .filter(([, { protocol, variant }]) => (protocol === 'plain' || protocol === 'mirror') && variant === undefined)
  .map(([name]) => name)

function tiny(rows: readonly Row[], options: Partial<RunOptions> = {}, observer: Observer = {}): Promise<RowResult[]> {
  const defaults = { rounds: 1, pace: TINY, servers: undefined, isAvailable: (server: string) => isAvailable(server, bun) }
  return run(bench, { rows, ...defaults, ...options }, observer)
}

function row(name: string, servers: readonly string[], workload: Workload): Row {
  return { name, group: 'echo', servers, workload, isShowcase: true }
}

function expectAll(results: readonly RowResult[], field: 'cpu' | 'memory' | 'p99'): void {
  for (const { name, servers, failures, missing } of results) {
    expect({ name, failures }).toEqual({ name, failures: {} })
    expect(Object.values(servers).map((summary) => Number.isFinite(summary[field]?.median))).not.toContain(false)
    expect(Object.keys(servers).length + Object.keys(missing).length).toBeGreaterThan(0)
  }
}

describe('a tiny run', () => {
  test('echo through every plain server; one process serves another row with the same task', async () => {
    const text: Workload = { ...ECHO, payload: 'other', size: 70_000, depth: 1 }
    const closing: Workload = { ...ECHO, does: 'open', depth: 1 }
    const closers = PLAIN.filter((name) => name !== 'net') // which has to be told
    const latency: Workload = { ...ECHO, does: 'rate', depth: 1, rate: 1000 }
    const results = await tiny([
      row('small', PLAIN, ECHO),
      row('large', PLAIN, text),
      row('closing', closers, closing),
      row('latency', ['tocsin'], latency),
    ])
    expectAll(results, 'cpu')
    expect(Object.keys(results[0]!.servers)).toEqual(PLAIN.filter((server) => isAvailable(server, bun)))
  }, 30_000)

  test('echo in the words of Socket.IO and of Nest', async () => {
    const named = ['socket.io', 'tocsin-nest-events', 'platform-ws']
    expectAll(await tiny([row('events', named, { ...ECHO, payload: 'ascii' })]), 'cpu')
  }, 30_000)

  test('broadcast, chat, text as bytes, and closing of bare sockets', async () => {
    const broadcast: Workload = { does: 'broadcast', connections: 3, payload: 'ascii', size: 64, perTurn: 2 }
    expectAll(await tiny([
      row('broadcast', ['tocsin', 'ws', 'net', 'socket.io'], broadcast),
      row('chat', ['tocsin', 'ws', 'net', 'socket.io'], { ...broadcast, does: 'chat' }),
      row('bytes', ['tocsin', 'ws'], { ...ECHO, payload: 'other', take: 'bytes' }),
      row('closing', ['net'], { ...ECHO, does: 'open', depth: 1 }),
    ]), 'cpu')
  }, 30_000)

  test('compression, echoed and broadcast', async () => {
    const echo: Workload = { ...ECHO, payload: 'json', size: 1024, depth: 1, take: 'bytes', deflate: true }
    const results = await tiny([
      row('echo', ['tocsin', 'tocsin-all', 'ws', 'ws-level-1'], echo),
      row('broadcast', ['tocsin', 'ws', 'ws-level-1'], { ...echo, does: 'broadcast', connections: 3 }),
    ])
    expectAll(results, 'cpu')
    for (const { servers } of results) {
      for (const { deflatedShare, bytesPerMessage } of Object.values(servers)) {
        expect(deflatedShare!.median).toBe(1)
        expect(bytesPerMessage!.median).toBeLessThan(700)
      }
    }
  }, 30_000)

  test('memory', async () => {
    const idle: Workload = { does: 'idle', connections: 0, payload: 'json', size: 64, deflate: true, greet: true }
    expectAll(await tiny([row('memory', ['tocsin'], idle)]), 'memory')
  }, 30_000)
})

describe('a run', () => {
  test('takes turns: A B C A B C', async () => {
    const steps: string[] = []
    const results = await tiny([row('echo', ['net', 'ws'], ECHO)], { rounds: 2 }, {
      onStart: (total) => steps.push(`${total}`),
      onMeasure: (_row, server, round) => steps.push(`${server} ${round}`),
    })
    expect(steps).toEqual(['4', 'net 1', 'ws 1', 'net 2', 'ws 2'])
    expectAll(results, 'cpu')
  })

  test('goes on when a server is wrong, and says which', async () => {
    // `net` mirrors masked frames: a client that speaks to it as to a WebSocket server gets what it must not get
    const lying: Workload = { ...ECHO, depth: 1, deflate: true, payload: 'json' }
    const [result] = await tiny([row('lies', ['net', 'ws'], lying)])
    expect(Object.keys(result!.servers)).toEqual(['ws'])
    expect(result!.failures['net']).toContain('compression was not agreed on')
  })

  test('leaves out what is not here, by name', async () => {
    const [result] = await tiny([row('echo', ['net', 'bun'], ECHO)], { isAvailable: (server) => server !== 'bun' })
    expect([Object.keys(result!.servers), result!.missing]).toEqual([['net'], { bun: 'not installed' }])
    const lame: Generator = { ...bench.generator, lacks: () => 'a C compiler for the load generator' }
    const options = { rounds: 1, pace: TINY, servers: undefined, isAvailable: () => true }
    const [lacking] = await run({ ...bench, generator: lame }, { ...options, rows: [row('echo', ['net'], ECHO)] })
    expect(lacking).toMatchObject({ servers: {}, missing: { all: 'needs a C compiler for the load generator' } })
  })

  test('shows the first two servers when it is quick, unless a row shows them all; and only those that are wanted', async () => {
    const steps: string[] = []
    const onMeasure = (_row: Row, server: string): void => void steps.push(server)
    const { isShowcase: _isShowcase, ...plain } = row('echo', ['net', 'ws', 'ws-js'], ECHO)
    const options = { rows: [plain], rounds: 1, pace: TINY, isAvailable: () => true }
    await run(bench, { ...options, servers: undefined }, { onMeasure })
    await run(bench, { ...options, servers: ['net'] }, { onMeasure })
    expect(steps).toEqual(['net', 'ws', 'net'])
  })
})

