// A process of clients that something terrible is about to happen to. Asked by src/bad/half-open.ts.
import { answerWith, taskOf } from '../process/answering.js'
import { Peer } from '../wire/peer.js'

interface HerdTask {
  readonly port: number
  readonly host: string
  readonly path: string
  readonly count: number
  /** Until all are open, in ms. */
  readonly patience: number
}

const { port, host, path, count, patience } = taskOf<HerdTask>()

answerWith({
  async open() {
    const peers = Array.from({ length: count }, () => new Peer({ port, host }))
    for (const peer of peers) peer.request({ path })
    const opened = await Promise.all(peers.map((peer) => peer.opened(patience)))
    if (opened.includes(false)) throw new Error('a client of the herd was not opened')
  },
})
