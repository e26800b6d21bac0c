// Our client against servers that others wrote, on every way, over ws and wss.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Agent, Closed } from '../src/agent.js'
import { tocsin } from '../src/clients/tocsin.js'
import { PROXIES } from '../src/proxies/index.js'
import { Proxy, type ProxyKind } from '../src/proxies/proxy.js'
import { SERVERS } from '../src/servers/index.js'
import type { OtherServer, RunningServer } from '../src/servers/server.js'
import { type Meeting, type OtherLine, everything, gist, meet } from './suites/others.js'

const kinds = PROXIES.filter((kind) => Proxy.isAvailable(kind))
for (const server of SERVERS) {
  const ways = server.isAvailable ? waysTo(server) : undefined
  describe.skipIf(ways === undefined)(`@tocsin/client at ${server.name}`, () => all(ways ?? NOWHERE))
}

interface Ways {
  line(scheme: 'http' | 'https', kind?: ProxyKind): OtherLine
  idle(kind: ProxyKind): Idle
  proxy(kind: ProxyKind): Proxy
}

/** Of a server that is not there: nobody asks. */
const NOWHERE = { line: () => ({}) } as unknown as Ways

/** Registers the hooks that start and end the server and the proxies before it. */
function waysTo(server: OtherServer): Ways {
  const proxies = new Map<ProxyKind, Proxy>()
  let running: RunningServer
  let agent: Agent
  const line: Ways['line'] = (scheme, kind) => {
    const urlOf = (path: string): string => (kind === undefined ? running : proxies.get(kind)!).origin(scheme).replace('http', 'ws') + path
    return {
      open: (path = '/plain', options = {}) => meet(agent, urlOf(path), options),
      refusal: async (status) => {
        const opened = await agent.open(urlOf(`/refusing?status=${status}`))
        return 'refused' in opened ? opened.refused : 'it was let in'
      },
    }
  }
  const idle = new Map<ProxyKind, Idle>()

  beforeAll(async () => {
    running = await server.start()
    agent = await (await tocsin.start()).agentFor('')
    await Promise.all(kinds.map(async (kind) => {
      proxies.set(kind, await Proxy.start(kind, running.port))
      idle.set(kind, await beIdle(line('https', kind)))
    }))
  })
  afterAll(() => Promise.all([...proxies.values(), ...(running === undefined ? [] : [running])].map((each) => each.stop())))
  return { line, idle: (kind) => idle.get(kind)!, proxy: (kind) => proxies.get(kind)! }
}

function all({ line, idle, proxy }: Ways): void {
  describe('directly, ws', () => everything(line('http')))
  describe('directly, wss', () => gist(line('https')))
  for (const kind of PROXIES) {
    describe.skipIf(!kinds.includes(kind))(`through ${kind.name}`, () => {
      describe('ws', () => gist(line('http', kind)))
      describe('wss', () => everything(line('https', kind)))
      survives(() => idle(kind))
      isLost([line('http', kind), line('https', kind)], () => proxy(kind))
    })
  }
}

/** Silent from before the first test on: the wait for a proxy's patience to end costs nothing. */
interface Idle {
  readonly kept: Meeting
  readonly end: Promise<Closed>
}

async function beIdle({ open }: OtherLine): Promise<Idle> {
  const kept = await open('/patient', { pings: true })
  return { kept, end: (await open('/impatient')).closed() }
}

function survives(idle: () => Idle): void {
  test('its idle timeout is survived thanks to Pings of the client, and only thanks to them', async () => {
    const { kept, end } = idle()
    expect(await end).toMatchObject({ code: 1006, clean: false })
    expect(await kept.echo([{ text: 'still here' }])).toEqual([])
  })
}

/** The last one: afterwards the proxy is no more. */
function isLost(lines: readonly OtherLine[], proxy: () => Proxy): void {
  test('it is killed: 1006', async () => {
    const meetings = await Promise.all(lines.map((line) => line.open()))
    await proxy().kill()
    for (const { closed } of meetings) expect(await closed()).toMatchObject({ code: 1006, clean: false })
  })
}
