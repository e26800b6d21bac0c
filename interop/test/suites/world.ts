// Server, proxies and clients: started before the first test, ended after the last, and one of each.
import { afterAll, beforeAll } from 'vitest'
import type { Client, StartedClient } from '../../src/clients/client.js'
import { CLIENTS } from '../../src/clients/index.js'
import { EchoServer } from '../../src/echo-server.js'
import { PROXIES } from '../../src/proxies/index.js'
import { Proxy, type ProxyKind } from '../../src/proxies/proxy.js'
import { Stage } from '../../src/stage.js'
import type { Line } from './line.js'

export interface World {
  /** @param kind none: the server itself */
  line(client: Client, scheme: 'http' | 'https', kind?: ProxyKind): Line
  proxy(kind: ProxyKind): Proxy
}

/** Call it at the top of a file: it registers hooks. */
export function openWorld(): World {
  let server: EchoServer
  const clients: StartedClient[] = []
  const stages = new Map<Client, Stage>()
  const proxies = new Map<ProxyKind, Proxy>()

  beforeAll(async () => {
    server = await EchoServer.start()
    const startClient = async (client: Client): Promise<void> => {
      const started = await client.start()
      clients.push(started)
      stages.set(client, new Stage(server, started))
    }
    const startProxy = async (kind: ProxyKind): Promise<unknown> => proxies.set(kind, await Proxy.start(kind, server.port))
    await Promise.all([
      ...CLIENTS.filter(({ isAvailable }) => isAvailable).map(startClient),
      ...PROXIES.filter((kind) => Proxy.isAvailable(kind)).map(startProxy),
    ])
  })
  afterAll(() => Promise.all([...clients, ...proxies.values(), ...(server === undefined ? [] : [server])].map((each) => each.stop())))

  const proxy = (kind: ProxyKind): Proxy => running(proxies.get(kind), kind.name)
  const line = (client: Client, scheme: 'http' | 'https', kind?: ProxyKind): Line => {
    const stage = (): Stage => running(stages.get(client), client.name)
    const where = () => ({ scheme, way: kind === undefined ? server : proxy(kind) })
    return {
      client,
      open: (path = '/plain', options = {}) => stage().open(path, { ...options, ...where() }),
      refusal: (status) => stage().refusal('/refusing', { ...where(), query: `&status=${status}` }),
    }
  }
  return { line, proxy }
}

function running<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`${name} does not run`)
  return value
}
