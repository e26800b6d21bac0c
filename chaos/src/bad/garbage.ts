// Noise instead of a request, and noise instead of frames.
import { Buffer } from 'node:buffer'
import type { BadClient, World } from './bad-client.js'

export const garbageBefore: BadClient = {
  name: 'garbage-before',
  does: 'sends noise instead of a request',
  allows: ['refused 400'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.connect()
    // A first byte that begins no method and no empty line: otherwise HTTP would wait for more
    peer.write(Buffer.concat([Buffer.from([0x16]), noise(world, 500)]))
    return world.endOf(peer)
  },
}

export const garbageAfter: BadClient = {
  name: 'garbage-after',
  does: 'sends 128 KiB of noise after the 101',
  allows: ['close 1002', 'close 1007', 'close 1009'],
  isQuick: true,
  remark: 'whichever rule the noise breaks first',
  share: 3,
  async attack(world) {
    const peer = await world.open()
    peer.write(noise(world, 128 * 1024))
    return world.endOf(peer)
  },
}

function noise({ random }: World, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)))
}
