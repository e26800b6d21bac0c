// RFC 6455 §5.5: what a Ping, a Pong and a Close lead to, and who hears of them.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { takeControlFrame } from '../../src/connection/control-frames.js'
import { Opcode } from '../../src/protocol/index.js'
import { bench } from '../support/bench.js'
import { turns } from '../support/wait.js'

const PAYLOAD = Buffer.from('abc')

test('a Ping is answered, and its handler gets a copy', async () => {
  const seen: Buffer[] = []
  const b = bench().on('ping', (_connection, payload) => { seen.push(payload) }).start()
  const lent = Buffer.from(PAYLOAD)
  takeControlFrame(b.wire, Opcode.Ping, lent)
  lent.fill('x')
  await turns()
  expect(b.stream.frames).toMatchObject([{ opcode: Opcode.Pong, payload: PAYLOAD }])
  expect(seen).toEqual([PAYLOAD])
})

test('whoever has Pings delivered as frames answers them himself; once we close, nobody does', async () => {
  const delivered = bench({ deliver: { ping: true } }).on('frame', () => {}).start()
  const closing = bench().start()
  closing.connection.close()
  for (const b of [delivered, closing]) takeControlFrame(b.wire, Opcode.Ping, PAYLOAD)
  await turns()
  expect([...delivered.stream.frames, ...closing.stream.frames].map(({ opcode }) => opcode)).toEqual([Opcode.Close])
})

test('a Pong is heard of, and answered by nothing', async () => {
  const seen: string[] = []
  const b = bench({ deliver: { pong: true } }).start()
  b.on('pong', (_connection, payload) => { seen.push(String(payload)) }).on('frame', (_connection, { opcode }) => { seen.push(String(opcode)) })
  takeControlFrame(b.wire, Opcode.Pong, PAYLOAD)
  await turns()
  expect([seen, b.stream.frames]).toEqual([['10', 'abc'], []])
})

test('a Close is answered; one that may not be sent is a violation', async () => {
  const b = bench().start()
  expect(() => takeControlFrame(b.wire, Opcode.Close, Buffer.from([3]))).toThrow(expect.objectContaining({ closeCode: 1002 }))
  takeControlFrame(b.wire, Opcode.Close, Buffer.from([0x0f, 0xa0]))
  await turns()
  expect([b.connection.readyState, b.stream.frames]).toMatchObject([2, [{ opcode: Opcode.Close, payload: Buffer.from([0x0f, 0xa0]) }]])
})
