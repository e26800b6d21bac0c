// Frames that RFC 6455 forbids, and messages above the limit.
import { Buffer } from 'node:buffer'
import { BINARY, CONTINUATION, PING, TEXT, closeFrame, frame } from '../wire/frame.js'
import type { BadClient, World } from './bad-client.js'

const VIOLATIONS: readonly Buffer[] = [
  Buffer.from('8105', 'hex'), // §5.1: not masked
  Buffer.from('a18000000000', 'hex'), // §5.2: RSV2
  frame(0x3), // §5.2: a reserved opcode
  frame(PING, '', { fin: false }), // §5.5: a control frame in fragments
  frame(PING, 'p'.repeat(126)), // §5.5: a long control frame
  frame(CONTINUATION, 'of nothing'), // §5.4
  Buffer.concat([frame(TEXT, 'one', { fin: false }), frame(TEXT, 'another')]), // §5.4
  closeFrame(1005), // §7.4.1
]

export const breaksRules: BadClient = {
  name: 'breaks-rules',
  does: 'sends one of eight frames that the RFC forbids',
  allows: ['close 1002'],
  isQuick: true,
  share: 3,
  async attack(world) {
    const peer = await world.open()
    peer.write(oneOf(world, VIOLATIONS))
    return world.endOf(peer)
  },
}

const PART = frame(CONTINUATION, Buffer.alloc(64 * 1024), { fin: false })
/** Twice the limit of core. */
const OVERLONG: readonly Buffer[] = [
  frame(BINARY, 'the beginning', { declared: 2 * 1024 * 1024 }),
  Buffer.concat([frame(BINARY, '', { fin: false }), ...Array.from({ length: 17 }, () => PART)]),
]

export const overLong: BadClient = {
  name: 'over-long',
  does: 'announces a message of 2 MiB, or adds up fragments to more than 1 MiB',
  allows: ['close 1009'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.open()
    peer.write(oneOf(world, OVERLONG))
    return world.endOf(peer)
  },
}

function oneOf<Value>({ random }: World, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)]!
}
