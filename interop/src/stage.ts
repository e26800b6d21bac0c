// What a suite works with: the server, one client, and a way between them. Knows no test runner.
import type { Agent, Closed, OpenOptions, Opened, Received, Sample } from './agent.js'
import type { StartedClient } from './clients/client.js'
import type { EchoServer, EndpointPath, Visit } from './echo-server.js'

/** Where a client connects to: the server itself, or a proxy in front of it. */
export interface Way {
  origin(scheme: 'http' | 'https'): string
}

export interface RouteOptions extends OpenOptions {
  readonly way: Way
  readonly scheme: 'http' | 'https'
  /** Further parameters of the query. */
  readonly query?: string
}

/** One connection, seen from both ends. */
export interface Encounter {
  /** The server's end. */
  readonly visit: Visit
  readonly subprotocol: string
  readonly extensions: string
  echo(samples: readonly Sample[]): Promise<string[]>
  echoFragments(samples: readonly Sample[]): Promise<string[]>
  send(sample: Sample): Promise<void>
  receive(): Promise<Received>
  ping(payload: string): Promise<string>
  close(code?: number, reason?: string): Promise<Closed>
  closed(): Promise<Closed>
}

interface Attempt {
  readonly number: number
  readonly agent: Agent
  readonly opened: Opened
}

export class Stage {
  readonly server: EchoServer
  readonly #client: StartedClient
  /** A browser visits each origin once. */
  readonly #agents = new Map<string, Promise<Agent>>()
  #visits = 0

  constructor(server: EchoServer, client: StartedClient) {
    this.server = server
    this.#client = client
  }

  async open(path: EndpointPath, options: RouteOptions): Promise<Encounter> {
    const { number, opened, agent } = await this.#attempt(path, options)
    if ('refused' in opened) throw new Error(`${path} refused the client: ${opened.refused}`)
    const { session, subprotocol, extensions } = opened
    const visit = this.server.visit(number)
    if (visit === undefined) throw new Error('the client is connected, and the server knows nothing of it')
    return {
      visit,
      subprotocol,
      extensions,
      echo: (samples) => agent.echo(session, samples),
      echoFragments: (samples) => agent.echoFragments(session, samples),
      send: (sample) => agent.send(session, sample),
      receive: () => agent.receive(session),
      ping: (payload) => agent.ping(session, payload),
      close: (...status) => agent.close(session, ...status),
      closed: () => agent.closed(session),
    }
  }

  /** What a client says when it is not let in. */
  async refusal(path: EndpointPath, options: RouteOptions): Promise<string> {
    const { opened } = await this.#attempt(path, options)
    if ('refused' in opened) return opened.refused
    throw new Error(`${path} let the client in`)
  }

  async #attempt(path: EndpointPath, { way, scheme, query = '', ...options }: RouteOptions): Promise<Attempt> {
    const origin = way.origin(scheme)
    const agent = await this.#agentFor(origin)
    const number = ++this.#visits
    return { number, agent, opened: await agent.open(`${origin.replace('http', 'ws')}${path}?visit=${number}${query}`, options) }
  }

  #agentFor(origin: string): Promise<Agent> {
    const known = this.#agents.get(origin)
    if (known !== undefined) return known
    const agent = this.#client.agentFor(origin)
    this.#agents.set(origin, agent)
    return agent
  }
}
