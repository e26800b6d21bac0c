// Many small things at once: Pings, fragments, connections.
import { Buffer } from 'node:buffer'
import { CONTINUATION, PING, TEXT, frame } from '../wire/frame.js'
import { pause } from '../process/pause.js'
import type { BadClient } from './bad-client.js'

const PINGS = Buffer.concat(Array.from({ length: 1000 }, (_, i) => frame(PING, String(i).padEnd(100, '.'))))
const FRAGMENTS = Buffer.concat(Array.from({ length: 1000 }, (_, i) => frame(CONTINUATION, i % 3 === 0 ? '' : 'f', { fin: false })))
const TIMES = 20

export const pingFlood: BadClient = {
  name: 'ping-flood',
  does: 'sends 20,000 Pings, and reads the Pongs',
  allows: ['served', 'close 1008'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.open()
    for (let i = 0; i < TIMES; i++) peer.write(PINGS)
    return world.isServed(peer)
  },
}

export const pingFloodUnread: BadClient = {
  name: 'ping-flood-unread',
  does: 'sends 20,000 Pings without reading, and then reads',
  allows: ['served', 'close 1008'],
  isQuick: true,
  remark: 'what it did not read in time is one Pong, the newest',
  share: 2,
  async attack(world) {
    const peer = await world.open()
    peer.socket.pause()
    for (let i = 0; i < TIMES; i++) peer.write(PINGS)
    await pause(500)
    peer.socket.resume()
    return world.isServed(peer)
  },
}

export const tinyFragments: BadClient = {
  name: 'tiny-fragments',
  does: 'sends a message in 20,000 fragments of a byte or none',
  allows: ['served', 'close 1008'],
  isQuick: true,
  share: 2,
  async attack(world) {
    const peer = await world.open()
    peer.write(frame(TEXT, 'f', { fin: false }))
    for (let i = 0; i < TIMES; i++) peer.write(FRAGMENTS)
    peer.write(frame(CONTINUATION))
    return world.isServed(peer)
  },
}

export const comesAndGoes: BadClient = {
  name: 'comes-and-goes',
  does: 'connects, says Close, connects again, three times',
  allows: ['close 1000'],
  isQuick: true,
  share: 4,
  async attack(world) {
    let outcome = ''
    for (let i = 0; i < 3; i++) {
      const peer = await world.open()
      peer.close()
      outcome = await world.endOf(peer)
      if (outcome !== 'close 1000') break
    }
    return outcome
  },
}
