// Bytes to messages and control frames, as far as its owner lets it.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Receiver, type ReceiverOwner } from '../../src/connection/receiver.js'
import type { ConnectionSettings } from '../../src/connection/settings.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { masked } from '../support/raw-peer.js'

function receiver(limit = Infinity) {
  const log: string[] = []
  const owner: ReceiverOwner = {
    runtime: new Runtime(),
    compression: undefined,
    onReceiverReady: () => {},
    onOverLimit: (limit) => { log.push(limit) },
    get canReceive() { return log.length < limit },
    onMessage: (message, kind) => { log.push(`${kind} ${message.toString()}`) },
    onControlFrame: (opcode, payload) => { log.push(`${opcode} ${payload.toString()}`) },
  }
  const made = new Receiver(owner, { maxMessageSize: 1_000, text: 'string' } as ConnectionSettings)
  return { log, receiver: made }
}

const stream = (): Buffer => Buffer.concat([
  masked('a'), masked('b', { fin: false }), masked(new Frame({ opcode: Opcode.Ping, payload: 'p' })),
  masked(new Frame({ opcode: Opcode.Continuation, payload: 'c' })), masked(Buffer.from('d')), masked(''),
])
const expected = ['text a', '9 p', 'text bc', 'binary d', 'text ']

test('a control frame in the middle of a message comes first', () => {
  const { log, receiver: r } = receiver()
  r.feed(stream())
  r.pump()
  expect(log).toEqual(expected)
  expect(r.hasUnparsed).toBe(false)
})

test('split at every byte', () => {
  const bytes = stream()
  for (let cut = 1; cut < bytes.length; cut++) {
    const { log, receiver: r } = receiver()
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) { r.feed(Buffer.from(part)); r.pump() }
    expect(log, `cut at ${cut}`).toEqual(expected)
  }
})

test('one byte at a time', () => {
  const { log, receiver: r } = receiver()
  for (const byte of stream()) { r.feed(Buffer.from([byte])); r.pump() }
  expect(log).toEqual(expected)
})

test('stops between two frames, and goes on where it stopped', () => {
  for (let limit = 0; limit <= expected.length; limit++) {
    const { log, receiver: r } = receiver(limit)
    r.feed(stream())
    r.pump()
    expect(log).toEqual(expected.slice(0, limit))
    expect(r.hasUnparsed).toBe(limit < expected.length)
  }
})

test('discards what was not handed out', () => {
  const { log, receiver: r } = receiver(1)
  r.feed(stream())
  r.pump()
  r.discard()
  expect(r.hasUnparsed).toBe(false)
  expect(log.length).toBe(1)
})

test('throws where the bytes break the RFC; what came before has been handed out', () => {
  const { log, receiver: r } = receiver()
  r.feed(Buffer.concat([masked('a'), Buffer.from('8100', 'hex')]))
  expect(() => { r.pump() }).toThrow(expect.objectContaining({ closeCode: 1002 }))
  expect(log).toEqual(['text a'])
})
