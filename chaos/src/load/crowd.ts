// Opens many connections, few at a time, each from one of many addresses. Knows no messages.
import { Peer, loopbackAddress } from '../wire/peer.js'

export interface CrowdOptions {
  readonly count: number
  readonly port: number
  /** The second number of the addresses that they come from: 127.N.x.y. */
  readonly network: number
  pathOf(index: number): string
}

const AT_ONCE = 50
const PATIENCE = 30_000

/** @throws Error when one of them cannot be opened */
export async function openCrowd<Member>({ count, port, network, pathOf }: CrowdOptions, welcome: (peer: Peer, index: number) => Member): Promise<Member[]> {
  const members = new Array<Member>(count)
  let next = 0
  const openSome = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      const peer = new Peer({ port, from: loopbackAddress(network, index) })
      members[index] = welcome(peer, index)
      peer.request({ path: pathOf(index) })
      if (!(await peer.opened(PATIENCE))) throw new Error(`connection ${index} of ${count} was not opened: ${peer.outcome}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, openSome))
  return members
}

/** Each says Close, and waits for the end. */
export async function closeCrowd(peers: readonly Peer[]): Promise<void> {
  await Promise.all(peers.map((peer) => new Promise<void>((resolve) => {
    if (peer.socket.closed) return resolve()
    peer.socket.once('close', () => resolve())
    peer.close()
  })))
}
