// Requests that do not come to an end: nothing at all, half of the head, a byte at a time; and one that nobody decides.
import { pause } from '../process/pause.js'
import { requestHead } from '../wire/peer.js'
import type { BadClient } from './bad-client.js'

export const saysNothing: BadClient = {
  name: 'says-nothing',
  does: 'connects TCP and sends nothing',
  allows: ['refused 408', 'cut'],
  remark: 'before there is a request, the deadline is `headersTimeout` of the HTTP server',
  async attack(world) {
    return world.endOf(await world.connect())
  },
}

export const stalledHandshake: BadClient = {
  name: 'stalled-handshake',
  does: 'sends half of its request, then nothing',
  allows: ['refused 408', 'cut'],
  async attack(world) {
    const peer = await world.connect()
    const head = requestHead({ path: world.path })
    peer.socket.write(head.slice(0, head.length / 2))
    return world.endOf(peer)
  },
}

export const trickledHandshake: BadClient = {
  name: 'trickled-handshake',
  does: 'sends its request one byte at a time',
  allows: ['served', 'refused 408', 'cut'],
  remark: 'served if it is done before `headersTimeout`',
  async attack(world) {
    const peer = await world.connect()
    for (const byte of requestHead({ path: world.path })) {
      if (peer.isOver) return peer.outcome
      peer.socket.write(byte)
      await pause(20)
    }
    return (await peer.opened(world.patience)) ? world.isServed(peer) : peer.outcome
  },
}

export const undecided: BadClient = {
  name: 'undecided',
  does: 'meets an `upgrade` hook that never decides',
  allows: ['refused 503'],
  async attack(world) {
    const peer = await world.connect()
    peer.request({ path: world.path })
    await peer.opened(world.patience)
    return peer.outcome
  },
}
