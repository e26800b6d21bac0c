// Load of the echo workloads: `depth` messages in flight on each connection; all answers are compared.
// Runs in a process of its own; the parent passes the task, and gets what was counted.
import type { Socket } from 'node:net'
import { pack, Opcode } from '@tocsin/core'
import { Comparison, open } from './client.js'
import type { EchoTask, LoadReport } from './task.js'

process.once('message', (task: EchoTask) => void run(task))
process.once('disconnect', () => process.exit(0))

async function run(task: EchoTask): Promise<void> {
  const payload = Buffer.alloc(task.size, 'tocsin ')
  const sent = pack(payload, { opcode: Opcode.Binary, mask: Buffer.from([1, 2, 3, 4]) })
  const answer = task.isRaw ? sent : pack(payload, { opcode: Opcode.Binary })
  const sockets = await Promise.all(Array.from({ length: task.connections }, () => open(task.port)))
  const drivers = sockets.map((socket) => new Driver(socket, Buffer.concat(Array<Buffer>(task.depth).fill(sent)), new Comparison(answer), task.depth))
  process.send!('ready')
  process.once('message', () => {
    const started = performance.now()
    for (const driver of drivers) driver.start()
    setTimeout(() => report(drivers, performance.now() - started), task.duration)
  })
}

function report(drivers: readonly Driver[], elapsed: number): void {
  const messages = drivers.reduce((sum, driver) => sum + driver.comparison.count, 0)
  const report: LoadReport = { messages, elapsed }
  process.send!(report, () => process.exit(0))
}

class Driver {
  readonly comparison: Comparison
  readonly #socket: Socket
  readonly #batch: Buffer
  readonly #depth: number
  #awaited = 0

  // oxlint-disable-next-line max-params -- one place, four facts
  constructor(socket: Socket, batch: Buffer, comparison: Comparison, depth: number) {
    this.#socket = socket
    this.#batch = batch
    this.comparison = comparison
    this.#depth = depth
    socket.on('data', (chunk) => this.#onData(chunk as Buffer))
  }

  start(): void {
    this.#awaited += this.#depth
    this.#socket.write(this.#batch)
  }

  #onData(chunk: Buffer): void {
    this.comparison.take(chunk)
    if (this.comparison.count === this.#awaited) this.start()
  }
}
