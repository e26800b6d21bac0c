// Opens many connections, few at a time, each from one of many addresses. Knows no messages.
import { Peer, type Whereto, loopbackAddress } from '../wire/peer.js'

export interface CrowdOptions {
  readonly count: number
  readonly port: number
  /** The second number of the addresses that they come from: 127.N.x.y. */
  readonly network: number
  pathOf(index: number): string
}

const AT_ONCE = 50
const PATIENCE = 30_000
/** A process that does not get its turn may miss the deadline of the HTTP server for a request: 408 is no verdict on anybody. */
const TRIES = 5

/** @throws Error when one of them cannot be opened */
export async function openCrowd<Member>({ count, port, network, pathOf }: CrowdOptions, welcome: (peer: Peer, index: number) => Member): Promise<Member[]> {
  const members = new Array<Member>(count)
  let next = 0
  const openSome = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      const peer = await openOne({ port, from: loopbackAddress(network, index) }, pathOf(index), (made) => { members[index] = welcome(made, index) })
      if (peer.status !== 101) throw new Error(`connection ${index} of ${count} was not opened: ${peer.outcome}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, openSome))
  return members
}

/** @param welcome before its request, so that it misses nothing */
async function openOne(whereto: Whereto, path: string, welcome: (peer: Peer) => void): Promise<Peer> {
  for (let attempt = 1; ; attempt++) {
    const peer = new Peer(whereto)
    welcome(peer)
    peer.request({ path })
    if ((await peer.opened(PATIENCE)) || peer.status !== 408 || attempt === TRIES) return peer
  }
}

/** Each says Close, and waits for the end. */
export async function closeCrowd(peers: readonly Peer[]): Promise<void> {
  await Promise.all(peers.map((peer) => new Promise<void>((resolve) => {
    if (peer.socket.closed) return resolve()
    peer.socket.once('close', () => resolve())
    peer.close()
  })))
}
