// Compressed messages (RFC 7692) that are none, or too much.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync } from 'node:zlib'
import { TEXT, frame } from '../wire/frame.js'
import type { BadClient } from './bad-client.js'

const OFFER = ['Sec-WebSocket-Extensions: permessage-deflate']
/** RFC 1951 §3.2.3: the block type 3 is an error. */
const BAD_BLOCK = frame(TEXT, Buffer.from('07ffffffffffff', 'hex'), { rsv1: true })
/** 16 MiB of zeros in 16 KiB. */
const BOMB = frame(TEXT, deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4), { rsv1: true })

export const badDeflate: BadClient = {
  name: 'bad-deflate',
  does: 'agrees on compression, and sends what cannot be inflated',
  allows: ['close 1007'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.open({ headers: OFFER })
    peer.write(BAD_BLOCK)
    return world.endOf(peer)
  },
}

export const deflateBomb: BadClient = {
  name: 'deflate-bomb',
  does: 'sends 16 KiB that inflate to 16 MiB',
  allows: ['close 1009'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.open({ headers: OFFER })
    peer.write(BOMB)
    return world.endOf(peer)
  },
}
