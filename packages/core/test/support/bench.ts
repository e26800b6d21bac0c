// One connection without a network: its endpoint's side is the real one, its socket and its clock are the test's.
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Compression, reserveContexts } from '../../src/compression/compression.js'
import type { CompressionParameters } from '../../src/compression/parameters.js'
import type { ZlibPool } from '../../src/compression/zlib-pool.js'
import { Connection, WIRE } from '../../src/connection/connection.js'
import type { CloseEvent } from '../../src/connection/life.js'
import type { Wire } from '../../src/connection/wire.js'
import { EndpointHost } from '../../src/endpoint/connection-host.js'
import type { EndpointEvents } from '../../src/endpoint/events.js'
import { type EndpointOptions, resolveOptions } from '../../src/endpoint/options.js'
import { Runtime } from '../../src/runtime.js'
import type { Frame, Payload } from '../../src/protocol/index.js'
import { FakeSocket } from './fake-socket.js'
import { masked } from './raw-peer.js'
import { type VirtualClock, testClock } from './virtual-clock.js'

export interface BenchOptions extends EndpointOptions<unknown> {
  /** With `compression` among the options: what was agreed on, by default 15 bits and no context on either side. */
  readonly agreed?: Partial<CompressionParameters>
  /** Of a runtime that is not shared. */
  readonly zlib?: ZlibPool
  /** Of a runtime that is not shared. */
  readonly incompleteMessageBudget?: number
}

export class Bench<Stream extends Duplex = FakeSocket> {
  readonly clock: VirtualClock = testClock()
  readonly runtime: Runtime
  readonly host: EndpointHost<unknown>
  readonly connection: Connection
  readonly stream: Stream
  readonly errors: unknown[] = []
  readonly closed: CloseEvent[] = []

  constructor(stream: Stream, { agreed, zlib, incompleteMessageBudget = Infinity, ...options }: BenchOptions = {}, shared?: Bench<Duplex>) {
    this.runtime = shared?.runtime ?? new Runtime({ clock: this.clock, incompleteMessageBudget, ...(zlib && { zlib }) })
    this.host = shared?.host ?? new EndpointHost(resolveOptions({ heartbeat: false, ...options, runtime: this.runtime }))
    this.stream = stream
    if (shared === undefined) this.on('error', (error) => { this.errors.push(error) })
    const compression = this.#compression(agreed)
    this.connection = new Connection({ host: this.host, stream, data: undefined, subprotocol: '', remoteAddress: undefined, compression })
    this.on('close', (connection, event) => { if (connection === this.connection) this.closed.push(event) })
  }

  #compression(agreed: Partial<CompressionParameters> = {}): Compression | undefined {
    const { settings: { compression: policy, maxMessageSize }, counters } = this.host
    if (policy === undefined) return undefined
    const parameters = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 15, clientMaxWindowBits: 15, ...agreed }
    if (!reserveContexts(this.runtime.zlib, parameters, policy)) throw new Error('no room for these contexts')
    return new Compression({ pool: this.runtime.zlib, parameters, policy, role: 'server', maxMessageSize, counters })
  }

  get wire(): Wire<Connection> {
    return this.connection[WIRE]
  }

  on<Event extends keyof EndpointEvents<unknown>>(event: Event, handler: EndpointEvents<unknown>[Event]): this {
    this.host.handlers.add(event, handler)
    return this
  }

  /** The 101 is over: `open` runs, then what came early. */
  start(early: Buffer = Buffer.alloc(0)): this {
    this.host.onEstablished(this.connection, {})
    const hasOpen = this.host.handlers.has('open')
    this.wire.start(early, hasOpen ? () => this.host.dispatchOpen(this.connection, {} as IncomingMessage) : undefined)
    return this
  }
}

/** A connection on a fake socket of Node's own kind. Handlers are added, then it is started. */
export function bench(options: BenchOptions = {}): Bench {
  return new Bench(new FakeSocket(), options)
}

/** The peer sends these in one segment. */
export function receive(bench: Bench, ...data: (Frame | Payload)[]): void {
  bench.stream.receive(Buffer.concat(data.map((one) => masked(one))))
}
