// SECURITY.md, "Frames and messages": each attack fails its own connection, with the right code, and nobody else's.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { collect } from '../support/collect.js'
import { type RawPeer, dial, masked } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const KEY0 = '00000000'

const violations: [string, Buffer, number][] = [
  ['a frame that is not masked', hex('8101 61'), 1002],
  ['RSV1 without an extension', hex(`c180 ${KEY0}`), 1002], ['RSV2', hex(`a180 ${KEY0}`), 1002], ['RSV3', hex(`9180 ${KEY0}`), 1002],
  ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode): [string, Buffer, number] => [`opcode ${opcode}`, hex(`8${opcode.toString(16)}80 ${KEY0}`), 1002]),
  ['a fragmented Ping', hex(`0980 ${KEY0}`), 1002], ['a fragmented Close', hex(`0880 ${KEY0}`), 1002], ['a Ping of 126 bytes', hex(`89fe 007e ${KEY0}`), 1002],
  ['a stray continuation', hex(`8080 ${KEY0}`), 1002], ['a new message inside a fragmented one', hex(`0180 ${KEY0} 8180 ${KEY0}`), 1002],
  ['16 bits for a length of 125', hex(`82fe 007d ${KEY0}`), 1002], ['64 bits for a length of 65535', hex(`82ff 000000000000ffff ${KEY0}`), 1002],
  ['a 64-bit length with the top bit set', hex(`82ff 8000000000000000 ${KEY0}`), 1002],
  ['a Close of one byte', hex(`8881 ${KEY0} 03`), 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): [string, Buffer, number] => [`close code ${code}`, hex(`8882 ${KEY0} ${code.toString(16).padStart(4, '0')}`), 1002]),
  ['a close reason that is not UTF-8', hex(`8883 ${KEY0} 03e8 ff`), 1007],
  ['text that is not UTF-8', hex(`8181 ${KEY0} ff`), 1007], ['half a character at the end', hex(`8182 ${KEY0} e282`), 1007],
  ['a surrogate', hex(`8183 ${KEY0} eda080`), 1007], ['an overlong form', hex(`8182 ${KEY0} c0af`), 1007],
  ['a declared length above the limit', hex(`82ff 0000000000100001 ${KEY0}`), 1009],
  ['the largest length there is', hex(`82ff 7fffffffffffffff ${KEY0}`), 1009],
]

describe('a violation', () => {
  test.each(violations)('%s', async (_name, bytes, code) => {
    const { endpoint, port, opened, errors, closeEvent } = await serve()
    const seen: unknown[] = []
    endpoint.on('message', (connection, message) => { seen.push(message); connection.send(message) })
    const [bystander, peer] = [await dial(port), await dial(port)]
    await until(() => opened.length === 2)
    peer.socket.write(Buffer.concat([bytes, masked('after')]))
    expect(await peer.closeFrame()).toMatchObject({ code })
    await peer.closed()
    expect(await closeEvent()).toMatchObject({ code, clean: false, initiator: 'local', error: { name: 'ProtocolError', closeCode: code } })
    expect(seen).toEqual([])
    expect(errors).toEqual([])
    bystander.send('still here')
    await bystander.frame(0)
    expect(endpoint.connections.size).toBe(1)
  })

  test('is found at the first wrong byte, before the rest of the frame has come', async () => {
    const { port } = await serve()
    const cases: [Buffer, number][] = [[hex('83'), 1002], [hex('f1'), 1002], [hex('8101'), 1002], [hex('89fe'), 1002], [hex(`8185 ${KEY0} ff`), 1007], [hex(`8185 ${KEY0} 61e228`), 1007]]
    for (const [bytes, code] of cases) {
      const peer = await dial(port)
      peer.socket.write(bytes)
      expect(await peer.closeFrame(), bytes.toString('hex')).toMatchObject({ code })
    }
  })

  test('invalid UTF-8 is found across fragments and reads, a split character is none', async () => {
    const { endpoint, port } = await serve()
    const seen: unknown[] = []
    endpoint.on('message', (_connection, message) => { seen.push(message) })
    const good = await dial(port)
    good.socket.write(hex(`0181 ${KEY0} e2`))
    await turns()
    good.socket.write(hex(`0081 ${KEY0} 82`))
    good.socket.write(hex(`8081 ${KEY0} ac`))
    await until(() => seen.length === 1)
    expect(seen).toEqual(['€'])
    const bad = await dial(port)
    bad.socket.write(hex(`0181 ${KEY0} e2`))
    bad.socket.write(hex(`0081 ${KEY0} 28`))
    expect(await bad.closeFrame()).toMatchObject({ code: 1007 })
  })
})

test('reading stops at a violation: what follows is thrown away, up to 1 MiB, then TCP ends', async () => {
  const { endpoint, port, closeEvent } = await serve()
  const peer = await dial(port, { lingers: true })
  peer.socket.write(hex('8101 61'))
  await peer.closeFrame()
  const chunk = Buffer.alloc(65_536)
  for (let i = 0; i < 40; i++) peer.socket.write(chunk)
  expect(await closeEvent()).toMatchObject({ code: 1002 })
  expect(endpoint.stats().bytesReceived).toBeLessThan(2 * 1_048_576)
})

test('a declared length allocates nothing: 1,000 connections each announce 1 MiB and send a byte', async () => {
  const { endpoint, port, opened } = await serve()
  const peers: RawPeer[] = []
  for (let i = 0; i < 200; i++) peers.push(await dial(port))
  await until(() => opened.length === 200)
  const before = process.memoryUsage().arrayBuffers
  for (const peer of peers) peer.socket.write(hex(`82ff 0000000000100000 ${KEY0} 00`))
  await until(() => endpoint.stats().bytesReceived === 200 * 15)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1_048_576)
})

describe('a ping flood', () => {
  test('to a peer that does not read leaves at most one pending Pong, the newest', async () => {
    const { port, connection } = await serve()
    const peer = await dial(port)
    const held = await connection()
    peer.socket.pause()
    while (held.bufferedAmount === 0) { held.send(Buffer.alloc(262_144)); await turns(1) }
    const before = held.bufferedAmount
    const flood = Buffer.concat(Array.from({ length: 1_000 }, (_, i) => masked(new Frame({ opcode: Opcode.Ping, payload: `${i}`.padEnd(100) }))))
    for (let i = 0; i < 10; i++) peer.socket.write(flood)
    await until(() => held.info.bytesReceived === 10 * flood.length)
    expect(held.bufferedAmount).toBeLessThanOrEqual(before)
    peer.socket.resume()
    await until(() => peer.frames.at(-1)?.opcode === Opcode.Pong)
    expect(peer.frames.filter(({ opcode }) => opcode === Opcode.Pong).map(({ payload }) => payload.toString().trim())).toEqual(['999'])
  })

  test('to one that reads is answered in full, in order', async () => {
    const { port } = await serve()
    const peer = await dial(port)
    peer.send(...Array.from({ length: 1_000 }, (_, i) => new Frame({ opcode: Opcode.Ping, payload: String(i) })))
    await peer.frame(999)
    expect(peer.frames.map(({ payload }) => payload.toString())).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)))
  })
})

test('a peer that never reads: closed with 1013 at the limit, cut a second later; memory stays bounded', async () => {
  const { endpoint, port, clock, connection, closeEvent } = await serve({ maxBufferedAmount: 2_000_000 })
  const peer = await dial(port)
  const held = await connection()
  peer.socket.pause()
  let most = 0
  for (let i = 0; i < 2_000 && held.isEstablished; i++) {
    endpoint.broadcast(Buffer.alloc(100_000))
    most = Math.max(most, held.bufferedAmount)
    await turns(1)
  }
  expect(held.isEstablished).toBe(false)
  expect(most).toBeLessThanOrEqual(2_000_000)
  expect(held.bufferedAmount).toBeLessThan(2_000_000)
  clock.advance(1_200)
  expect(await closeEvent()).toMatchObject({ code: 1013, clean: false })
  expect(endpoint.stats().bytesDropped).toBeGreaterThan(0)
})

test('a peer that never reads: what its tiny messages lead to stays within the limit, heap included', async () => {
  const { endpoint, port, connection } = await serve({ maxBufferedAmount: 4_000_000 })
  endpoint.on('message', (sender, message) => { sender.send(message) })
  const peer = await dial(port)
  const held = await connection()
  peer.socket.pause()
  while (held.bufferedAmount === 0) { held.send(Buffer.alloc(262_144)); await turns(1) }
  const tiny = Buffer.concat(Array.from({ length: 2_000 }, () => masked('e')))
  const before = await memory()
  let most = 0
  for (let batch = 1; batch <= 100 && held.isEstablished; batch++) {
    most = Math.max(most, await memory() - before)
    peer.socket.write(tiny)
    await until(() => held.info.bytesReceived === batch * tiny.length || !held.isEstablished)
  }
  expect([held.isEstablished, endpoint.stats().slowConsumersClosed]).toEqual([false, 1])
  expect(most).toBeGreaterThan(1_000_000)
  expect(most).toBeLessThan(4_000_000)
})

async function memory(): Promise<number> {
  await collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('half-open TCP is found by the heartbeat', async () => {
  const { port, clock, closeEvent, server } = await serve()
  await dial(port)
  clock.advance(25_200)
  await turns()
  clock.advance(20_200)
  expect(await closeEvent()).toMatchObject({ code: 1006, error: { code: 'WS_ERR_HEARTBEAT' } })
  expect(await new Promise((resolve) => { server.getConnections((_error, count) => { resolve(count) }) })).toBe(0)
})

test('uninitialised memory is never sent: numbers, arrays and objects are a usage error', async () => {
  const { endpoint, port, connection } = await serve()
  const peer = await dial(port)
  const held = await connection()
  for (const value of [100, [1, 2], { length: 100 }, null, undefined, true, 10n, () => {}]) {
    const wrong = value as never
    for (const send of [() => held.send(wrong), () => held.ping(wrong === undefined ? null as never : wrong), () => endpoint.broadcast(wrong), () => endpoint.publish('t', wrong)]) {
      expect(send).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_PAYLOAD' }))
    }
  }
  expect(held.isEstablished).toBe(true)
  held.send('ok')
  await peer.frame(0)
  expect(peer.texts).toEqual(['ok'])
})

test('millions of tiny fragments cost no memory beyond their bytes', async () => {
  const { endpoint, port } = await serve()
  let size = -1
  endpoint.on('message', (_connection, message) => { size = message.length })
  const peer = await dial(port)
  const fragments = Buffer.concat(Array.from({ length: 10_000 }, (_, i) => masked(new Frame({ opcode: Opcode.Continuation, payload: i % 2 === 0 ? 'x' : '', fin: false }))))
  peer.socket.write(masked('', { fin: false }))
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 20; i++) {
    peer.socket.write(fragments)
    await turns(1)
  }
  await until(() => endpoint.stats().bytesReceived >= 20 * fragments.length)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1_048_576)
  peer.send(new Frame({ opcode: Opcode.Continuation }))
  await until(() => size >= 0)
  expect(size).toBe(100_000)
})

test('a Close that comes twice, or after ours, is no fault', async () => {
  const { port, closeEvent } = await serve()
  const peer = await dial(port)
  peer.send(new CloseFrame(1000), new CloseFrame(1001))
  expect(await closeEvent()).toMatchObject({ code: 1000, clean: true })
})
