// The load generator for machines without a C compiler: closed loops over connections of Node. Takes the same plan and the same commands as
// native/main.c, and gives the same reports.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import { createInterface } from 'node:readline'
import { Comparison } from './comparison.js'
import { parsePlan } from './plan.js'

const plan = parsePlan(readFileSync(process.argv[2]!))
const connections: Connection[] = []
let counters = { messages: 0, bytesIn: 0, delays: [] as number[] }
/** What is left to do when a connection has all its answers. */
let onComplete: (connection: Connection) => void = () => {}

class Connection {
  readonly socket: Socket
  missing = 0
  since = 0
  #discard = plan.discard
  readonly #comparison = new Comparison(plan.answer)

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => this.#take(chunk as Buffer))
  }

  ask(now: number): void {
    this.since = now
    this.missing = plan.expected
    this.socket.write(plan.batch)
  }

  #take(chunk: Buffer): void {
    counters.bytesIn += chunk.length
    let rest = chunk
    // What a server says first comes in short frames, each whole
    for (; this.#discard > 0 && rest.length > 0; this.#discard--) {
      rest = rest.subarray(rest[1]! < 126 ? 2 + rest[1]! : 4 + rest.readUInt16BE(2))
    }
    const count = this.#comparison.take(rest)
    if (count > this.missing) throw new Error('more answers than questions')
    counters.messages += count
    this.missing -= count
    if (count > 0 && this.missing === 0) onComplete(this)
  }
}

async function openConnections(count: number): Promise<void> {
  for (let i = 0; i < count; i++) connections.push(await open())
  console.log(JSON.stringify({ opened: connections.length }))
}

async function open(): Promise<Connection> {
  const localAddress = `127.0.0.${1 + (connections.length % plan.sources)}`
  const socket = connect({ port: plan.port, host: '127.0.0.1', localAddress, noDelay: true })
  await once(socket, 'connect')
  socket.write(plan.request)
  const [head] = (await once(socket, 'data')) as [Buffer]
  const end = head.indexOf('\r\n\r\n') + 4
  const text = head.toString('latin1', 0, end)
  if (!text.startsWith('HTTP/1.1 101') || !text.includes(plan.accept.toString())) throw new Error(`no 101 but: ${text.slice(0, 80)}`)
  socket.pause()
  if (end < head.length) socket.unshift(head.subarray(end))
  if (plan.prelude.length > 0) socket.write(plan.prelude)
  const connection = new Connection(socket)
  socket.resume()
  if (plan.greet === 1) await new Promise<void>((resolve) => { onComplete = () => resolve(); connection.ask(0) })
  return connection
}

async function run(duration: number): Promise<object> {
  counters = { messages: 0, bytesIn: 0, delays: [] }
  const started = performance.now()
  const used = process.cpuUsage()
  await (plan.barrier === 1 ? runTogether(started + duration) : runApart(started + duration))
  const { user, system } = process.cpuUsage(used)
  const delays = counters.delays.sort((a, b) => a - b)
  const percentile = (share: number): number => Math.round((delays[Math.floor(share * delays.length)] ?? 0) * 1e6)
  const elapsed = Math.round((performance.now() - started) * 1e6)
  const { messages, bytesIn } = counters
  return { messages, elapsed, cpu: (user + system) * 1000, bytesIn, deflated: 0, skipped: 0, p50: percentile(0.5), p99: percentile(0.99) }
}

function runApart(deadline: number): Promise<void> {
  const senders = connections.slice(0, plan.senders)
  let active = senders.length
  return new Promise((resolve) => {
    onComplete = (connection) => {
      const now = performance.now()
      counters.delays.push(now - connection.since)
      if (now < deadline) connection.ask(now)
      else if (--active === 0) resolve()
    }
    for (const connection of senders) connection.ask(performance.now())
  })
}

function runTogether(deadline: number): Promise<void> {
  let waiting = 0
  const startRound = (now: number): void => {
    waiting = connections.length
    for (const connection of connections) {
      connection.since = now
      connection.missing = plan.expected
    }
    for (const { socket } of connections.slice(0, plan.senders)) socket.write(plan.batch)
  }
  return new Promise((resolve) => {
    onComplete = ({ since }) => {
      const now = performance.now()
      counters.delays.push(now - since)
      if (--waiting > 0) return
      if (now < deadline) startRound(now)
      else resolve()
    }
    startRound(performance.now())
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(' ')
  if (command === 'open') await openConnections(Number(count))
  else if (command === 'run') console.log(JSON.stringify(await run(Number(count))))
  else process.exit(0)
}
