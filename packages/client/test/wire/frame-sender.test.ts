import { Buffer } from 'node:buffer'
import { Writable } from 'node:stream'
import { Opcode, unpack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import { expect, it } from 'vitest'
import { FrameSender } from '../../src/wire/frame-sender.js'
import { MaskingKeys } from '../../src/wire/masking-keys.js'

function sender() {
  const writes: Buffer[] = []
  let empty = 0
  const write = (bytes: Buffer, done: () => void): void => {
    writes.push(bytes)
    done()
  }
  const socket = new Writable({ write: (chunk: Buffer, _, done) => write(chunk, done), writev: (chunks, done) => write(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done) })
  const frames = new FrameSender({ socket: socket as never, compression: undefined, keys: new MaskingKeys(), onEmpty: () => { empty++ } })
  return { frames, writes, socket, emptied: () => empty }
}

it('what is written in one turn goes in one piece, and then it says once that all has left', async () => {
  const { frames, writes, emptied } = sender()
  frames.sendMessage('a', {})
  frames.sendMessage(Buffer.of(1), {})
  frames.sendControl(Opcode.Ping, 'p')
  expect([writes.length, frames.messages]).toEqual([0, 2])
  await settle()
  expect([writes.length, emptied() > 0]).toEqual([1, true])
  const opcodes: number[] = []
  for (let next = unpack(writes[0]!), at = 0; next !== null; next = unpack(writes[0]!.subarray(at))) {
    at += next.bytesConsumed
    opcodes.push(next.frame.opcode)
    expect(next.masked).toBe(true)
  }
  expect(opcodes).toEqual([Opcode.Text, Opcode.Binary, Opcode.Ping])
})

it('onto a socket that has ended, nothing', async () => {
  const { frames, writes, socket } = sender()
  socket.end()
  frames.sendMessage('late', {})
  await settle()
  expect(writes).toEqual([])
})

it('text and binary as it is said', async () => {
  const { frames, writes } = sender()
  frames.sendMessage('a', { binary: true })
  frames.sendMessage(Buffer.from('a'), { text: true })
  await settle()
  expect([writes[0]![0], writes[0]![7]]).toEqual([0x82, 0x81])
})
