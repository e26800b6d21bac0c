// The process of the good clients: echoes at a steady rate, and messages to rooms. Asked by src/suite.ts.
import { createHistogram } from 'node:perf_hooks'
import { answerWith, note, taskOf } from '../process/answering.js'
import { eventually } from '../process/pause.js'
import { closeCrowd, openCrowd } from './crowd.js'
import { GoodClient } from './good-client.js'
import { emptyTally } from './tally.js'

export interface GoodTask {
  readonly port: number
  readonly count: number
  readonly network: number
}

/** What the others have sent to all. */
export interface Sent {
  readonly announced: number
  readonly shouted: number
  /** Milliseconds. */
  readonly patience: number
}

/** Once a second. */
export interface GoodNote {
  readonly at: number
  readonly received: number
}

const ROOM = 50
/** Milliseconds between two echoes, and between two messages to its room, of one client. */
const ECHO_EVERY = 1000
const PUBLISH_EVERY = 10_000
const TICK = 20

const { port, count, network } = taskOf<GoodTask>()
const rooms = Math.ceil(count / ROOM)
const tally = emptyTally()
const roundTrips = createHistogram()
const onRoundTrip = (milliseconds: number): void => { roundTrips.record(Math.max(1, Math.round(milliseconds * 1000))) }
let clients: GoodClient[] = []
let timer: NodeJS.Timeout | undefined

answerWith({
  async open() {
    const pathOf = (index: number): string => `/?kind=good&room=${index % rooms}`
    const membersOf = (room: number): number => Math.floor((count - 1 - room) / rooms) + 1
    clients = await openCrowd({ count, port, network, pathOf }, (peer, index) => {
      return new GoodClient(peer, { member: Math.floor(index / rooms), members: membersOf(index % rooms) }, { tally, onRoundTrip })
    })
    tally.clients = count
    setInterval(() => note({ at: Date.now(), received: tally.received } satisfies GoodNote), 1000)
  },
  start() {
    const echo = inTurn(ECHO_EVERY, (client) => client.echo())
    const publish = inTurn(PUBLISH_EVERY, (client) => client.publish())
    timer = setInterval(() => {
      echo()
      publish()
    }, TICK)
  },
  stop: () => clearInterval(timer),
  async settle({ announced, shouted, patience }: Sent) {
    const published = Array.from({ length: rooms }, () => [] as number[])
    clients.forEach(({ place, publishedCount }, index) => { published[index % rooms]![place.member] = publishedCount })
    await eventually(() => clients.every((client, index) => client.hasAll(announced, shouted, published[index % rooms]!)), patience)
    clients.forEach((client, index) => client.finish(announced, shouted, published[index % rooms]!))
    tally.connected = clients.filter(({ peer }) => !peer.isOver).length
    return { ...tally, roundTrip: { p50: roundTrips.percentile(50) / 1000, p99: roundTrips.percentile(99) / 1000, max: roundTrips.max / 1000 } }
  },
  close: () => closeCrowd(clients.map(({ peer }) => peer)),
})

/** Whoever's turn it is by now, so that each has it once in `period` ms, also when ticks come late. */
function inTurn(period: number, act: (client: GoodClient) => void): () => void {
  const start = performance.now()
  let done = 0
  return () => {
    const due = Math.floor(((performance.now() - start) / period) * clients.length)
    while (done < due) act(clients[done++ % clients.length]!)
  }
}
