// Peers that do too little: a frame or a message that is not finished, a byte at a time, reading nothing.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { pause } from '../process/pause.js'
import { CONTINUATION, TEXT, frame } from '../wire/frame.js'
import type { BadClient } from './bad-client.js'

export const stalledFrame: BadClient = {
  name: 'stalled-frame',
  does: 'stops in the middle of a frame, and answers no Ping',
  allows: ['cut', 'close 1008'],
  remark: 'found by the heartbeat, or by `messageTimeout`, whichever comes first',
  async attack(world) {
    const peer = await world.open()
    peer.answersPings = false
    peer.write(frame(TEXT, 'the beginning', { declared: 1000 }))
    return world.endOf(peer)
  },
}

export const unfinishedMessage: BadClient = {
  name: 'unfinished-message',
  does: 'leaves a message unfinished, adds to it every second, and answers Pings',
  allows: ['close 1008'],
  remark: '`messageTimeout`, counted from the first byte',
  async attack(world) {
    const peer = await world.open()
    peer.write(frame(TEXT, 'the beginning', { fin: false }))
    const end = performance.now() + world.patience
    while (!(await peer.until(() => peer.isOver, 1000)) && performance.now() < end) peer.write(frame(CONTINUATION, ' and more', { fin: false }))
    return peer.outcome
  },
}

export const trickledMessage: BadClient = {
  name: 'trickled-message',
  does: 'sends a message one byte at a time',
  allows: ['served', 'close 1008'],
  isQuick: true,
  async attack(world) {
    const peer = await world.open()
    // A Pong in the middle of a frame would be a part of it
    peer.answersPings = false
    for (const byte of frame(TEXT, 'one byte at a time, each in a segment of its own')) {
      peer.write(Uint8Array.of(byte))
      await pause(10)
    }
    return world.isServed(peer)
  },
}

export const neverReads: BadClient = {
  name: 'never-reads',
  does: 'asks for 64 MiB, and reads nothing until its connection is over',
  allows: ['close 1013', 'cut'],
  remark: '1013 at `maxBufferedAmount`; cut at the deadline of closing, so the Close frame may never reach it',
  async attack(world) {
    const peer = await world.open()
    peer.socket.pause()
    peer.send('flood 1000 65536')
    await pause(world.deadlines.close + 1000)
    peer.socket.resume()
    return world.endOf(peer)
  },
}

const TINY = Buffer.concat(Array.from({ length: 1000 }, () => frame(TEXT, 'e')))

export const readsNoEcho: BadClient = {
  name: 'reads-no-echo',
  does: 'sends messages of one byte as fast as it can, and reads none of their echoes',
  allows: ['close 1013', 'cut'],
  remark: 'what a message takes beside its bytes counts as well',
  async attack(world) {
    const peer = await world.open()
    peer.socket.pause()
    const end = performance.now() + world.patience
    while (!peer.isOver && performance.now() < end) {
      if (!peer.socket.write(TINY)) await Promise.race([once(peer.socket, 'drain').catch(() => {}), pause(100)])
    }
    peer.socket.resume()
    return world.endOf(peer)
  },
}

export const closeThenSilence: BadClient = {
  name: 'close-then-silence',
  does: 'says Close, and never ends TCP',
  allows: ['close 1000'],
  remark: 'the server ends TCP, and cuts it at the deadline of closing',
  async attack(world) {
    const peer = await world.open()
    peer.answersClose = false
    peer.close()
    const outcome = await world.endOf(peer)
    await pause(world.deadlines.close + 500)
    return outcome
  },
}

export const halfClosed: BadClient = {
  name: 'half-closed',
  does: 'sends FIN without Close, and waits',
  allows: ['cut'],
  isQuick: true,
  async attack(world) {
    const peer = await world.open()
    peer.answersClose = false
    peer.socket.end()
    return world.endOf(peer)
  },
}
