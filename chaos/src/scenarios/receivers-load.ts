// The process of receivers that count bytes, and of some that never read. Asked by slow-receivers.ts.
import { answerWith, taskOf } from '../process/answering.js'
import { eventually } from '../process/pause.js'
import { Peer, loopbackAddress } from '../wire/peer.js'

export interface ReceiversTask {
  readonly port: number
  readonly count: number
  readonly network: number
  /** Of the payload of each message, in bytes. */
  readonly size: number
  readonly isReading: boolean
}

/** How many receivers have got everything, and how many are still connected. */
export interface Received {
  readonly complete: number
  readonly damaged: number
  readonly connected: number
}

const AT_ONCE = 50
/** What every byte of every payload is. */
const LETTER = 0x62

const { port, count, network, size, isReading } = taskOf<ReceiversTask>()
/** RFC 6455 §5.2, of a frame that a server sends. */
const header = size < 126 ? 2 : size < 0x1_0000 ? 4 : 10
const peers: Peer[] = []
const received = new Float64Array(count)
let damaged = 0

answerWith({
  async open() {
    for (let from = 0; from < count; from += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => open(from + i))
      if ((await Promise.all(some)).includes(false)) throw new Error('a receiver was not opened')
    }
  },
  /** Waits until so many messages have come to everybody. */
  async has({ messages, patience }: { readonly messages: number; readonly patience: number }) {
    const isWhole = (bytes: number): boolean => bytes >= messages * (header + size)
    await eventually(() => received.every(isWhole), patience, 100)
    return { complete: received.filter(isWhole).length, damaged, connected: peers.filter(({ isOver }) => !isOver).length } satisfies Received
  },
})

async function open(index: number): Promise<boolean> {
  const peer = new Peer({ port, from: loopbackAddress(network, index) })
  peers.push(peer)
  peer.request({ path: '/?kind=receiver' })
  const isOpen = await peer.opened(30_000)
  peer.socket.removeAllListeners('data')
  if (!isReading) peer.socket.pause()
  else peer.socket.on('data', (chunk: Buffer) => take(index, chunk))
  return isOpen
}

function take(index: number, chunk: Buffer): void {
  received[index]! += chunk.length
  const last = (received[index]! - 1) % (header + size)
  if (last >= header && chunk[chunk.length - 1] !== LETTER) damaged++
}
