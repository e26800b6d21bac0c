// One message in fragments, and whole messages that wait for its end.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { FragmentedSend } from '../../src/connection/fragmented-send.js'
import type { Outbox } from '../../src/connection/outbox.js'
import { SharedFrame } from '../../src/connection/shared-frame.js'
import { Opcode } from '../../src/protocol/index.js'

/** What reaches the outbox, with the first byte of the frame in hex. */
function sending(opcode: Opcode = Opcode.Text) {
  const log: string[] = []
  const shared: SharedFrame[] = []
  const outbox = {
    sendText: (firstByte: number, text: string) => log.push(`${firstByte.toString(16)} text ${text}`),
    sendBytes: (firstByte: number, bytes: Buffer) => log.push(`${firstByte.toString(16)} bytes ${bytes.toString()}`),
    sendShared: (frame: SharedFrame) => {
      shared.push(frame)
      log.push(`shared ${frame.bytes.toString('latin1', frame.start, frame.end)}`)
    },
  } as unknown as Outbox
  return { log, shared, message: new FragmentedSend(outbox, opcode, true) }
}

test('RFC 6455 §5.4: the opcode comes first, then continuations, FIN last', () => {
  const { log, message } = sending()
  message.sendFragment('a', false)
  message.sendFragment(Buffer.from('b'), false)
  message.sendFragment('', true)
  expect(log).toEqual(['1 text a', '0 bytes b', '80 text '])
})

test('a single fragment is a whole message; an empty one counts as the first', () => {
  const whole = sending(Opcode.Binary)
  whole.message.sendFragment(Buffer.from('a'), true)
  expect(whole.log).toEqual(['82 bytes a'])
  const { log, message } = sending(Opcode.Binary)
  message.sendFragment('', false)
  message.sendFragment('b', true)
  expect(log).toEqual(['2 text ', '80 text b'])
})

test('what is deferred waits, is counted, and goes out in its order with opcodes of its own', () => {
  const { log, message } = sending()
  message.defer({ firstByte: 0x81, data: 'one' })
  message.defer(new SharedFrame(Buffer.from('..two..'), 2, 5))
  message.defer({ firstByte: 0x82, data: Buffer.from('three') })
  expect([log, message.deferredBytes]).toEqual([[], 3 + 3 + 5])
  message.sendFragment('end', true)
  message.releaseDeferred()
  expect(log).toEqual(['81 text end', '81 text one', 'shared two', '82 bytes three'])
})

test('what is deferred neither changes with the caller\'s memory nor pins a slab', () => {
  const { log, shared, message } = sending()
  const [own, slab] = [Buffer.from('own'), Buffer.alloc(1_000, 's')]
  message.defer({ firstByte: 0x82, data: own })
  message.defer(new SharedFrame(slab, 10, 13))
  own.fill('x')
  slab.fill('x')
  message.releaseDeferred()
  expect(log).toEqual(['82 bytes own', 'shared sss'])
  expect([shared[0]!.bytes.length, shared[0]!.start]).toEqual([3, 0])
})
