// The process of the idle clients: they answer Pings, and hear what is said to everybody. Asked by src/suite.ts.
import { answerWith, taskOf } from '../process/answering.js'
import { eventually } from '../process/pause.js'
import type { Peer } from '../wire/peer.js'
import { closeCrowd, openCrowd } from './crowd.js'
import type { GoodTask, Sent } from './good-load.js'
import { Sequences, emptyTally } from './tally.js'

const { port, count, network } = taskOf<GoodTask>()
const tally = emptyTally()
let clients: { readonly peer: Peer; readonly shouts: Sequences }[] = []

answerWith({
  async open() {
    clients = await openCrowd({ count, port, network, pathOf: () => '/?kind=idle' }, (peer) => {
      const shouts = new Sequences(1, tally)
      peer.onMessage = (payload) => shouts.take(Number(payload.toString('latin1', 'shout '.length)))
      return { peer, shouts }
    })
    tally.clients = count
  },
  async settle({ shouted, patience }: Sent) {
    await eventually(() => clients.every(({ shouts }) => shouts.next() >= shouted), patience)
    for (const { shouts } of clients) shouts.finish(shouted)
    tally.connected = clients.filter(({ peer }) => !peer.isOver).length
    return tally
  },
  close: () => closeCrowd(clients.map(({ peer }) => peer)),
})
