// What only a proxy does: it loses patience with silent connections, and it may be gone from one moment to the next.
import { beforeAll, expect, test } from 'vitest'
import type { Closed } from '../../src/agent.js'
import type { Proxy } from '../../src/proxies/proxy.js'
import type { Encounter } from '../../src/stage.js'
import type { Line } from './line.js'

interface Pair {
  readonly kept: Encounter
  /** When this one has been cut, the other one has been silent for as long. */
  readonly cut: Encounter
  readonly end: Promise<Closed>
}

interface Idling {
  /** The test that the connections of this line are as they should be. */
  survive(line: Line): void
}

/** From before the first test on, two connections of each line are silent: one with a heartbeat, and one without. */
export function idling(lines: readonly Line[]): Idling {
  const pairs = new Map<Line, Pair>()
  beforeAll(async () => {
    await Promise.all(lines.map(async (line) => {
      const kept = await line.open('/patient')
      const cut = await line.open('/impatient')
      pairs.set(line, { kept, cut, end: cut.closed() })
    }))
  })
  return {
    survive: (line) => test('its idle timeout is survived thanks to our Pings, and only thanks to them', async () => {
      const { kept, cut, end } = pairs.get(line)!
      expect(await end).toMatchObject({ code: 1006, clean: false })
      expect(await cut.visit.closed).toMatchObject({ code: 1006, clean: false, initiator: 'peer' })
      expect(kept.visit.pongs.length).toBeGreaterThan(1)
      expect(await kept.echo([{ text: 'still here' }])).toEqual([])
    }),
  }
}

/** Where the front speaks HTTP/2, a WebSocket is one stream of it (RFC 8441), which it translates for us. */
export function translating(line: Line): void {
  test(`it speaks HTTP/${line.client.http2 ? 2 : 1} with the client`, async () => {
    const { visit } = await line.open()
    expect(visit.request.headers['x-client-version']).toBe(line.client.http2 ? '2.0' : '1.1')
  })
}

/** The last suite: afterwards the proxy is no more. */
export function losing(lines: readonly Line[], proxy: () => Proxy): void {
  test('every client and the server see 1006', async () => {
    const encounters = await Promise.all(lines.map((line) => line.open()))
    await proxy().kill()
    for (const { closed, visit } of encounters) {
      expect(await closed()).toMatchObject({ code: 1006, clean: false })
      expect(await visit.closed).toMatchObject({ code: 1006, clean: false, initiator: 'peer' })
    }
  })
}
