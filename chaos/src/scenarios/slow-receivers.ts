// A large broadcast to many, of whom some never read: memory stays within what is configured, and the others get it.
import { inWords, mebibytes } from '../verdict.js'
import { type ScenarioResult, Stage } from './stage.js'
import type { Received } from './receivers-load.js'
import type { Held } from './serve.js'

export interface SlowReceiversPlan {
  readonly receivers: number
  readonly stalled: number
  /** Bytes. */
  readonly size: number
  readonly maxBufferedAmount: number
}

export const SLOW_RECEIVERS: SlowReceiversPlan = { receivers: 2000, stalled: 200, size: 1024 * 1024, maxBufferedAmount: 2 * 1024 * 1024 }

/** The kernel takes some before anything waits: so many broadcasts are enough for everybody. */
const MOST = 24

interface Round {
  readonly accepted: number
  readonly received: Received
  readonly held: Held
}

export async function slowReceivers(plan: SlowReceiversPlan = SLOW_RECEIVERS): Promise<ScenarioResult> {
  const { receivers, stalled, size, maxBufferedAmount } = plan
  await using stage = new Stage({ maxBufferedAmount })
  await stage.listen()
  await stage.receivers({ count: stalled, network: 5, size, isReading: false })
  const reading = await stage.receivers({ count: receivers - stalled, network: 6, size, isReading: true })
  const before = await stage.held()
  const rounds: Round[] = []
  do {
    const accepted = await stage.broadcast(size)
    const received = await reading.has(rounds.length + 1)
    rounds.push({ accepted, received, held: await stage.held() })
  } while (rounds.length < MOST && (rounds.at(-1)!.held.closed['1013'] ?? 0) < stalled)
  return resultOf(plan, before, rounds)
}

function resultOf({ receivers, stalled, size, maxBufferedAmount }: SlowReceiversPlan, before: Held, rounds: readonly Round[]): ScenarioResult {
  const most = Math.max(...rounds.map(({ held }) => held.most))
  const growth = Math.max(...rounds.map(({ held }) => held.arrayBuffers)) - before.arrayBuffers
  const [first, last] = [rounds[0]!, rounds.at(-1)!]
  const isComplete = rounds.every(({ received }) => received.complete === receivers - stalled && received.damaged === 0)
  const { closed } = last.held
  return {
    name: `${mebibytes(size)} MiB to ${receivers.toLocaleString('en')} receivers, of whom ${stalled} never read`,
    does: `broadcast again and again, each when the last one has arrived, until those that do not read are over \`maxBufferedAmount\` (${mebibytes(maxBufferedAmount)} MiB)`,
    figures: {
      broadcasts: String(rounds.length),
      'accepted by, first and last': `${first.accepted} and ${last.accepted}`,
      'most that waited for one connection': `${mebibytes(most)} MiB`,
      'most that waited for all': `${mebibytes(Math.max(...rounds.map(({ held }) => held.all)))} MiB`,
      'buffers held more than before': `${mebibytes(growth)} MiB`,
      closed: inWords(closed),
    },
    checks: [
      { name: 'everybody who reads gets every broadcast, whole', isMet: isComplete && last.received.connected === receivers - stalled, found: inWords({ ...last.received }) },
      { name: 'no connection holds more than its limit', isMet: most <= maxBufferedAmount, found: `${mebibytes(most)} MiB` },
      { name: 'together they hold no more than their limits', isMet: growth <= stalled * maxBufferedAmount, found: `${mebibytes(growth)} MiB` },
      { name: 'those who never read are closed with 1013, nobody else', isMet: closed['1013'] === stalled && Object.keys(closed).length === 1, found: inWords(closed) },
    ],
  }
}
