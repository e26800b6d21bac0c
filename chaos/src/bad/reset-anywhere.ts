// RST at a random moment of a connection's life.
import { pause } from '../process/pause.js'
import { TEXT, frame } from '../wire/frame.js'
import { type Peer, requestHead } from '../wire/peer.js'
import type { BadClient, World } from './bad-client.js'

type Stage = (world: World) => Promise<Peer>

const STAGES: readonly Stage[] = [
  async (world) => {
    const peer = await world.connect()
    const head = requestHead({ path: world.path })
    peer.socket.write(head.slice(0, Math.floor(world.random() * head.length)))
    return peer
  },
  async (world) => {
    const peer = await world.connect()
    peer.request({ path: world.path })
    return peer
  },
  (world) => world.open(),
  async (world) => {
    const peer = await world.open()
    const bytes = frame(TEXT, 'a message that never ends')
    peer.write(bytes.subarray(0, 1 + Math.floor(world.random() * (bytes.length - 1))))
    return peer
  },
  async (world) => {
    const peer = await world.open()
    peer.send('flood 50 20000')
    return peer
  },
]

export const resetAnywhere: BadClient = {
  name: 'reset-anywhere',
  does: 'sends RST: in its request, right after it, once open, in mid-frame, while it is sent a lot',
  allows: ['gone'],
  isQuick: true,
  share: 6,
  async attack(world) {
    const peer = await STAGES[Math.floor(world.random() * STAGES.length)]!(world)
    await pause(world.random() * 30)
    peer.socket.resetAndDestroy()
    return 'gone'
  },
}
