// The clock of these tests: it stands still until a test moves it; sockets go on in real time.
import { VirtualClock } from '@tocsin/testing'

export type { VirtualClock }

export function testClock(): VirtualClock {
  return new VirtualClock({ now: 1_000, timeOrigin: Date.UTC(2030, 0, 1) })
}
