// One message in fragments.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Deflater } from '../../src/compression/deflater.js'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { FragmentedSend } from '../../src/connection/fragmented-send.js'
import type { Outbox } from '../../src/connection/outbox.js'
import { Opcode } from '../../src/protocol/index.js'

/** What reaches the outbox, with the first byte of the frame in hex. */
function sending(opcode: Opcode = Opcode.Text, deflater?: Deflater) {
  const log: string[] = []
  const outbox = {
    sendText: (firstByte: number, text: string) => log.push(`${firstByte.toString(16)} text ${text}`),
    sendBytes: (firstByte: number, bytes: Buffer) => log.push(`${firstByte.toString(16)} bytes ${bytes.toString()}`),
  } as unknown as Outbox
  return { log, message: new FragmentedSend(outbox, { opcode, isStream: true, rsv1: deflater !== undefined, deflater }) }
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

const deflater = (): Deflater => {
  const made = new Deflater(new ZlibPool(), { kind: { windowBits: 15, level: 1, memLevel: 8 }, keepsContext: false })
  made.beginParts()
  return made
}
const firstBytes = (log: readonly string[]): string[] => log.map((line) => line.split(' ')[0]!)

test('RFC 7692 §6: deflated, RSV1 stands on the first frame alone', () => {
  const { log, message } = sending(Opcode.Binary, deflater())
  for (const [i, part] of ['a', 'b', ''].entries()) message.sendFragment(part, i === 2)
  expect(firstBytes(log)).toEqual(['42', '0', '80'])
  expect(message.isDeflated).toBe(true)
  const whole = sending(Opcode.Text, deflater())
  whole.message.sendFragment('a', true)
  expect(firstBytes(whole.log)).toEqual(['c1'])
})

test('a part that yields nothing yet makes no frame, and is not lost', () => {
  const { log, message } = sending(Opcode.Text, deflater())
  message.sendFragment('Hello', false, false)
  expect(log).toEqual([])
  message.sendFragment('', true)
  expect(firstBytes(log)).toEqual(['c1'])
})
