// _Fail the WebSocket Connection_ (RFC 6455 §7.1.7): Close frame, FIN, what still comes is thrown away, then the end.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { CloseFrame, pack } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { masked } from '../support/raw-peer.js'
import { gate, turns } from '../support/wait.js'

const unmasked = pack('x')

test('Close frame with code and rule, then FIN; the error is in the close event, and in no error event', async () => {
  const b = bench().on('message', () => {}).start()
  b.stream.receive(unmasked)
  await turns()
  expect(b.stream.frames).toMatchObject([{ code: 1002, reason: 'RFC 6455 §5.1: a client must mask its frames' }])
  expect(b.stream.hasEnded).toBe(true)
  expect(b.stream.destroyed).toBe(false)
  b.stream.receiveEnd()
  await turns()
  expect(b.closed).toMatchObject([{ code: 1002, clean: false, initiator: 'local', error: { code: 'WS_ERR_MASK', section: '5.1' } }])
  expect(b.errors).toEqual([])
})

test('messages before the fault are delivered, those after it are not', async () => {
  const seen: unknown[] = []
  const b = bench().on('message', (_connection, message) => { seen.push(message) }).start()
  b.stream.receive(Buffer.concat([masked('a'), unmasked, masked('b')]))
  receive(b, 'c')
  await turns()
  expect(seen).toEqual(['a'])
})

test('replies that are ready go out before the Close', async () => {
  const b = bench().on('message', (connection, message) => { connection.send(message) }).start()
  b.stream.receive(Buffer.concat([masked('a'), unmasked]))
  await turns()
  expect(b.stream.frames.map(({ payload }) => payload.toString('latin1', 0, 1))).toEqual(['a', '\x03'])
})

test('what still comes is thrown away: up to a second', async () => {
  const b = bench().start()
  b.stream.receive(unmasked)
  await turns()
  receive(b, 'more', new CloseFrame(1000))
  b.clock.advance(900)
  await turns()
  expect(b.stream.destroyed).toBe(false)
  b.clock.advance(300)
  await turns()
  expect(b.stream.destroyed).toBe(true)
  expect(b.closed).toMatchObject([{ code: 1002, error: { code: 'WS_ERR_MASK' } }])
})

test('or up to 1 MiB', async () => {
  const b = bench().start()
  b.stream.receive(unmasked)
  await turns()
  for (let i = 0; i < 16; i++) { b.stream.receive(Buffer.alloc(65_536)); await turns(1) }
  expect(b.stream.destroyed).toBe(false)
  b.stream.receive(Buffer.alloc(1))
  await turns()
  expect(b.stream.destroyed).toBe(true)
})

test('reading goes on for that, even when the application does not keep up', async () => {
  const b = bench().on('message', () => new Promise(() => {})).start()
  receive(b, ...Array.from({ length: 17 }, () => 'x'))
  await turns()
  expect(b.wire.isReading).toBe(false)
  b.wire.closing.fail({ code: 1011, reason: '' })
  expect(b.wire.isReading).toBe(true)
  b.stream.receiveEnd()
  await turns()
  expect(b.stream.destroyed).toBe(true)
})

test('after our Close a fault still ends the connection, without a second Close', async () => {
  const b = bench().start()
  b.connection.close(4000)
  b.stream.receive(unmasked)
  await turns()
  expect(b.stream.frames).toMatchObject([{ code: 4000 }])
  expect(b.stream.hasEnded).toBe(true)
  b.stream.receiveEnd()
  await turns()
  expect(b.closed).toMatchObject([{ code: 1002, clean: false, initiator: 'local' }])
})

test('a fault behind the Close of the peer is none', async () => {
  const b = bench().start()
  b.stream.receive(Buffer.concat([masked(new CloseFrame(1000)), unmasked]))
  b.stream.receiveEnd()
  await turns()
  expect(b.stream.frames).toMatchObject([{ code: 1000 }])
  expect(b.closed).toMatchObject([{ code: 1000, clean: true, error: undefined }])
})

test('the deadline of a Close that runs already is shortened to a second', async () => {
  const b = bench({ closeTimeout: 60_000 }).start()
  b.connection.close()
  b.stream.receive(unmasked)
  await turns()
  b.clock.advance(1_200)
  await turns()
  expect(b.stream.destroyed).toBe(true)
})

describe('a handler that fails', () => {
  test('while the peer already closes changes nothing about how it ended', async () => {
    const failing = gate()
    const b = bench().on('message', () => failing.promise).start()
    receive(b, 'a', new CloseFrame(4000))
    await turns()
    failing.fail(new Error('mine'))
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ code: 4000, clean: true }])
    expect(b.errors.map(String)).toEqual(['Error: mine'])
  })

  test('leaves the others alone', async () => {
    const one = bench().on('message', () => { throw new Error('mine') }).start()
    receive(one, 'a')
    const other = bench().on('message', (connection, message) => { connection.send(message) }).start()
    receive(other, 'a')
    await turns()
    expect(other.stream.frames.length).toBe(1)
    expect(other.connection.isEstablished).toBe(true)
  })
})

test('reasons of ours fit into a Close frame, whatever the limit says', async () => {
  const b = bench({ maxMessageSize: 0x1fff_ffe8 }).start()
  const header = Buffer.from('82ff7fffffffffffffff00000000', 'hex')
  b.stream.receive(header)
  await turns()
  expect(b.stream.frames).toMatchObject([{ code: 1009 }])
})
