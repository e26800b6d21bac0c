// That the load generators notice what is wrong: they are pointed at servers that do it on purpose.
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { compileGenerator } from '../../src/load/compile.js'
import { frameOf } from '../../src/load/frame.js'
import { findGenerator } from '../../src/load/generator.js'
import { startLoad } from '../../src/measure/processes.js'
import type { Program } from '../../src/measure/program.js'
import { payloadOf } from '../../src/payload.js'
import type { Workload } from '../../src/workloads/workload.js'

const ECHO: Workload = { does: 'echo', connections: 2, payload: 'ascii', size: 64, depth: 2 }
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
const HEAD = `${SWITCHING}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n`
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n'

const servers: Server[] = []
const loads: Program[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await Promise.all(loads.splice(0).map((load) => load.stop()))
})

/** A server that answers a request with `head`, and what comes then as it is told to; the chunks of one connection have numbers. */
async function serverThat(answer: (chunk: Buffer, socket: Socket, index: number) => void, head = `${HEAD}\r\n`): Promise<number> {
  const server = createServer((socket) => {
    let index = -1
    socket.on('error', () => {})
    socket.on('data', (chunk) => (index++ < 0 ? socket.write(head) : answer(chunk, socket, index - 1)))
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const native = compileGenerator()

async function run(kind: 'C' | 'Node', port: number, workload = ECHO): Promise<Record<string, number | boolean>> {
  const generator = findGenerator(kind === 'C' ? native : 'none')
  const load = await startLoad({ generator, pinning: { server: [], load: [], description: '' } }, workload, { server: 'net', port })
  loads.push(load)
  await load.ask(`open ${workload.connections}`)
  return load.ask('run 20')
}

function variant(index: number): Buffer {
  return payloadOf('json', 1024, index)
}

const KINDS = native === undefined ? (['Node'] as const) : (['C', 'Node'] as const)

describe.each(KINDS)('the load generator in %s', (kind) => {
  test('is content with an echo, and counts it', async () => {
    const port = await serverThat((chunk, socket) => socket.write(chunk))
    const { messages, bytesIn, p50, p99, cpu, elapsed } = await run(kind, port)
    expect(messages).toBeGreaterThanOrEqual(4)
    expect(Number(messages) % 2).toBe(0)
    expect(bytesIn).toBe(Number(messages) * 70)
    expect(Number(p99)).toBeGreaterThanOrEqual(Number(p50))
    for (const each of [p50, cpu, elapsed]) expect(each).toBeGreaterThan(0)
  })

  test('a byte that is wrong, once, late', async () => {
    const port = await serverThat((chunk, socket, index) => {
      if (index === 3) chunk[40] = 0
      socket.write(chunk)
    })
    await expect(run(kind, port)).rejects.toThrow(kind === 'C' ? /byte 40 of an answer is 00 and should be/ : /an answer differs/)
  })

  test('one answer too many', async () => {
    const port = await serverThat((chunk, socket) => socket.write(Buffer.concat([chunk, chunk])))
    await expect(run(kind, port)).rejects.toThrow('more answers than questions')
  })

  test('no 101; a wrong Sec-WebSocket-Accept', async () => {
    await expect(run(kind, await serverThat(() => {}, 'HTTP/1.1 400 Bad Request\r\n\r\n'))).rejects.toThrow('no 101 but: HTTP/1.1 400')
    const wrong = await serverThat(() => {}, `${HEAD.replace('s3pP', 'xxxx')}\r\n`)
    await expect(run(kind, wrong)).rejects.toThrow(/no 101|no Sec-WebSocket-Accept/)
  })
})

describe.runIf(native !== undefined)('the load generator in C', () => {
  test('a server that hangs up', async () => {
    const port = await serverThat((_chunk, socket) => socket.end())
    await expect(run('C', port)).rejects.toThrow('the server hung up')
  })

  test('an open loop gets every answer, and the delay counts from when it was due', async () => {
    const port = await serverThat((chunk, socket) => void setTimeout(() => socket.write(chunk), 15))
    const { messages, p50, skipped } = await run('C', port, { ...ECHO, does: 'rate', depth: 1, rate: 500 })
    expect([messages, skipped]).toEqual([10, 0])
    expect(p50).toBeGreaterThan(14_000_000)
  })

  describe('closing', () => {
    const open: Workload = { ...ECHO, does: 'open', depth: 1 }
    const close = (code: number): Buffer => frameOf({ opcode: 8, payload: Buffer.from([code >> 8, code & 0xff]) })

    test('our Close back, and the end of TCP', async () => {
      const port = await serverThat((_chunk, socket) => void socket.end(close(1000)))
      expect((await run('C', port, open))['messages']).toBeGreaterThanOrEqual(2)
    })

    test('another code, or none, is not clean', async () => {
      const other = await serverThat((_chunk, socket) => void socket.end(close(1001)))
      await expect(run('C', other, open)).rejects.toThrow('not the Close that was due')
      const none = await serverThat((_chunk, socket) => void socket.end())
      await expect(run('C', none, open)).rejects.toThrow('the server hung up')
    })
  })

  describe.runIf(native?.hasZlib)('compressed answers', () => {
    const workload: Workload = { ...ECHO, payload: 'json', connections: 1, depth: 1, size: 1024, deflate: true }
    const answering = (isDeflated: boolean, change = (text: Buffer) => text): ((chunk: Buffer, socket: Socket, index: number) => void) =>
      (_chunk, socket, index) => void socket.write(frameOf({ opcode: 1, payload: change(variant(index % 64)), isDeflated }))

    test('are inflated, in the order of their questions; uncompressed ones are fine, too', async () => {
      const compressed = await run('C', await serverThat(answering(true), `${HEAD}${DEFLATE}\r\n`), workload)
      expect(compressed['deflated']).toBe(compressed['messages'])
      const plain = await run('C', await serverThat(answering(false), `${HEAD}${DEFLATE}\r\n`), workload)
      expect(plain['messages']).toBeGreaterThan(0)
      expect(plain['deflated']).toBe(0)
    })

    test('one wrong letter in one of them', async () => {
      const wrong = (text: Buffer): Buffer => Buffer.from(text.toString().replace('lobby', 'hobby'))
      const port = await serverThat(answering(true, wrong), `${HEAD}${DEFLATE}\r\n`)
      await expect(run('C', port, workload)).rejects.toThrow('is not what was sent')
    })

    test('what is no deflate data at all; compression that was not agreed on', async () => {
      const rubbish = Buffer.from([0xc1, 3, 0xff, 0xff, 0xff])
      const port = await serverThat((_chunk, socket) => void socket.write(rubbish), `${HEAD}${DEFLATE}\r\n`)
      await expect(run('C', port, workload)).rejects.toThrow('not deflate data')
      await expect(run('C', await serverThat(() => {}), workload)).rejects.toThrow('compression was not agreed on')
    })
  })
})
