// The facts about a connection are true (FEATURES A11).
import { expect, test } from 'vitest'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { masked } from '../support/raw-peer.js'
import { turns } from '../support/wait.js'

test('times and counters follow what happens', async () => {
  const b = bench().on('message', () => {})
  b.wire.sendResponse(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  b.start()
  const begin = b.clock.timeOrigin + b.clock.now()
  await turns()
  expect(b.connection.info).toMatchObject({
    state: 'open', connectedAt: new Date(begin), lastReceivedAt: new Date(begin), lastSentAt: undefined,
    bytesReceived: 0, bytesSent: 0, bufferedAmount: 0, isPaused: false, topics: [], subprotocol: '', id: b.connection.id,
    bytesDropped: 0, bufferedMessages: 0, messagesDropped: 0, isCongested: false,
  })
  b.clock.advance(1_500)
  receive(b, 'hello')
  await turns()
  expect(b.connection.info).toMatchObject({ lastReceivedAt: new Date(begin + 1_500), bytesReceived: masked('hello').length, lastSentAt: undefined })
  b.clock.advance(500)
  b.connection.send('answer')
  expect(b.connection.info).toMatchObject({ bytesSent: 0, bufferedAmount: 8 })
  await turns()
  expect(b.connection.info).toMatchObject({ lastSentAt: new Date(begin + 2_000), bytesSent: 8, bufferedAmount: 0 })
  b.connection.subscribe('t').pause()
  expect(b.connection.info).toMatchObject({ topics: ['t'], isPaused: true })
  b.connection.close()
  expect(b.connection.info).toMatchObject({ state: 'closing', isPaused: false })
  b.connection.terminate()
  await turns()
  expect(b.connection.info).toMatchObject({ state: 'closed', topics: ['t'] })
})

test('the 101 counts nowhere, whether it left or not', async () => {
  const b = bench()
  b.wire.sendResponse(Buffer.alloc(129))
  b.start().connection.send('x')
  b.connection.terminate()
  await turns()
  expect(b.host.counters).toMatchObject({ bytesSent: 0, bytesDropped: 3 })
  const sent = bench()
  sent.wire.sendResponse(Buffer.alloc(129, 'h'))
  sent.start().connection.send('x')
  await turns()
  expect(sent.stream.writes.length).toBe(1)
  expect(sent.connection.info.bytesSent).toBe(3)
  expect(sent.host.counters).toMatchObject({ bytesSent: 3, messagesSent: 1 })
})

test('the endpoint counts what all its connections did', async () => {
  const b = bench().on('message', (connection, message) => { connection.send(message) }).start()
  receive(b, 'a', 'b', new Frame({ opcode: Opcode.Ping }))
  await turns()
  expect(b.host.counters).toMatchObject({ messagesReceived: 2, messagesSent: 2, bytesReceived: 7 + 7 + 6, bytesSent: 3 + 3 + 2, bytesDropped: 0, sendsRefused: 0 })
})
