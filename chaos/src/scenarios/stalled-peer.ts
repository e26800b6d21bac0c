// One peer that does not read among many that do, all of them sent small messages: what waits for it must not keep alive what
// was written for the others beside it.
import { inWords, mebibytes } from '../verdict.js'
import { type ScenarioResult, Stage } from './stage.js'

export interface StalledPeerPlan {
  readonly busy: number
  /** Bytes. */
  readonly size: number
  readonly maxBufferedAmount: number
}

export const STALLED_PEER: StalledPeerPlan = { busy: 100, size: 2000, maxBufferedAmount: 4 * 1024 * 1024 }

/** Of core: where small frames are written side by side. */
const SLAB = 64 * 1024

export async function stalledPeer({ busy, size, maxBufferedAmount }: StalledPeerPlan = STALLED_PEER): Promise<ScenarioResult> {
  await using stage = new Stage({ maxBufferedAmount })
  await stage.listen()
  await stage.receivers({ count: 1, network: 5, size, isReading: false })
  const reading = await stage.receivers({ count: busy, network: 6, size, isReading: true })
  // The slab that is open anyway is no growth
  const first = await stage.unicast(size, 1)
  const before = await stage.held()
  const messages = first + (await stage.unicast(size))
  const received = await reading.has(messages)
  const after = await stage.held()
  const growth = after.arrayBuffers - before.arrayBuffers
  const whole = growth + after.heapUsed - before.heapUsed
  return {
    name: `one peer that does not read among ${busy} that do`,
    does: `messages of ${size} bytes to each in turn, until that peer is at \`maxBufferedAmount\` (${mebibytes(maxBufferedAmount)} MiB)`,
    figures: {
      'messages to each': messages.toLocaleString('en'),
      'waiting for it': `${mebibytes(after.most)} MiB, counted as ${mebibytes(after.charged)} MiB`,
      'buffers held more than before': `${(growth / 2 ** 20).toFixed(2)} MiB`,
      'heap and buffers held more than before': `${(whole / 2 ** 20).toFixed(2)} MiB`,
    },
    checks: [
      { name: 'its limit is reached, and nobody is closed', isMet: after.charged > maxBufferedAmount - 2 * size - 1000 && after.connections === busy + 1, found: `${mebibytes(after.charged)} MiB; ${inWords({ ...after.closed })}` },
      { name: 'buffers grow by its limit and one slab at most', isMet: growth <= maxBufferedAmount + SLAB, found: `${growth.toLocaleString('en')} bytes` },
      { name: 'heap and buffers together grow by twice its limit at most', isMet: whole <= 2 * maxBufferedAmount, found: `${whole.toLocaleString('en')} bytes` },
      { name: 'the others get every message', isMet: received.complete === busy && received.damaged === 0, found: inWords({ ...received }) },
    ],
  }
}
