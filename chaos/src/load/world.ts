// What bad clients find: connections, patience, chance. Cuts what they leave behind.
import type { World } from '../bad/bad-client.js'
import type { Deadlines } from '../server/task.js'
import { Peer, type RequestOptions, type Whereto, loopbackAddress } from '../wire/peer.js'

export interface WorldOptions {
  readonly kind: string
  readonly port: number
  readonly deadlines: Deadlines
  readonly patience: number
  readonly random: () => number
  /** Different for each attack. */
  readonly index: number
}

/** So many addresses, over and over. */
const ADDRESSES = 250 * 250
const NETWORK = 77

export class ChaosWorld implements World {
  readonly port: number
  readonly deadlines: Deadlines
  readonly random: () => number
  readonly patience: number
  readonly path: string
  readonly whereto: Whereto
  readonly #peers: Peer[] = []

  constructor({ kind, port, deadlines, patience, random, index }: WorldOptions) {
    this.port = port
    this.deadlines = deadlines
    this.random = random
    this.patience = patience
    this.path = `/?kind=${kind}`
    this.whereto = { port, from: loopbackAddress(NETWORK, index % ADDRESSES, 1) }
  }

  async connect(): Promise<Peer> {
    const peer = new Peer(this.whereto)
    this.#peers.push(peer)
    if (!(await peer.connected(this.patience)) || peer.isOver) throw new Error('no TCP connection')
    return peer
  }

  async open(options: Partial<RequestOptions> = {}): Promise<Peer> {
    const peer = await this.connect()
    peer.request({ path: this.path, ...options })
    if (!(await peer.opened(this.patience))) throw new Error(`not opened: ${peer.outcome}`)
    return peer
  }

  async endOf(peer: Peer): Promise<string> {
    await peer.until(() => peer.isOver, this.patience)
    return peer.outcome
  }

  async isServed(peer: Peer): Promise<string> {
    const word = `is this served? ${this.random()}`
    let isServed = false
    peer.onMessage = (payload) => { isServed ||= payload.toString() === word }
    peer.send(word)
    await peer.until(() => isServed || peer.isOver, this.patience)
    return isServed ? 'served' : peer.outcome
  }

  end(): void {
    for (const { socket } of this.#peers) socket.destroy()
  }
}
