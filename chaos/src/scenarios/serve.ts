// The process of a server that sends to many, of whom some do not read. Asked by the scenarios beside it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import { answerWith, taskOf } from '../process/answering.js'
import { count } from '../server/ledger.js'
import { collect } from '../server/reading.js'

export interface SendingTask {
  readonly maxBufferedAmount: number
}

/** What the server holds for its peers, in bytes. */
export interface Held {
  /** Of the connection that has most. */
  readonly most: number
  readonly all: number
  /** Of the connection that has most, with what waiting takes: this is what core limits. */
  readonly charged: number
  /** Of the process, after forced garbage collections. */
  readonly arrayBuffers: number
  readonly heapUsed: number
  readonly connections: number
  /** By close code. */
  readonly closed: Readonly<Record<string, number>>
}

/** Bytes that each message counts more than it has, while it waits: documented with the option `maxBufferedAmount`. */
const PER_MESSAGE = 384

const { maxBufferedAmount } = taskOf<SendingTask>()
const closed: Record<string, number> = {}
const http = createServer()
const endpoint = new WebSocketEndpoint({ pushOnly: true, maxBufferedAmount }).on('close', (_connection, { code }) => count(closed, String(code)))
endpoint.attach(http)

answerWith({
  listen: () => new Promise<number>((resolve) => { http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve((http.address() as AddressInfo).port)) }),
  held,
  broadcast: (size: number) => endpoint.broadcast('b'.repeat(size)),
  unicast,
})

async function held(): Promise<Held> {
  await collect()
  const connections = [...endpoint.connections]
  const amounts = connections.map(({ bufferedAmount }) => bufferedAmount)
  const all = amounts.reduce((sum, amount) => sum + amount, 0)
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return { most: Math.max(0, ...amounts), all, charged: Math.max(0, ...connections.map(chargeOf)), arrayBuffers, heapUsed, connections: amounts.length, closed }
}

/** To everybody in turn, message by message, until the first connection, which does not read, can take no more. @returns to each */
async function unicast({ size, most }: { readonly size: number; readonly most: number }): Promise<number> {
  const [stalled, ...busy] = endpoint.connections as Iterable<Connection>
  let messages = 0
  while (messages < most && chargeOf(stalled!) + size + 2 * PER_MESSAGE < maxBufferedAmount) {
    const payload = `${messages++} `.padEnd(size, 'b')
    for (const connection of busy) connection.send(payload)
    stalled!.send(payload)
    await setImmediate()
  }
  return messages
}

function chargeOf({ info: { bufferedAmount, bufferedMessages } }: Connection): number {
  return bufferedAmount + bufferedMessages * PER_MESSAGE
}
