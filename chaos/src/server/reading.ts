// What a process holds, after forced garbage collections: memory, handles, and how many objects of a class live.
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { queryObjects } from 'node:v8'
import { Connection, type EndpointStats } from '@tocsin/core'

export interface Reading {
  readonly rss: number
  readonly heapUsed: number
  readonly arrayBuffers: number
  /** Of everything that keeps the event loop alive, by kind. */
  readonly handles: Readonly<Record<string, number>>
  /** `Connection`, `Socket` and `IncomingMessage` objects that are reachable. */
  readonly objects: { readonly connections: number; readonly sockets: number; readonly requests: number }
  readonly stats: EndpointStats
}

/** Buffers are freed after the collection that found them: hence several. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!()
    await setTimeout(20)
  }
}

export async function readingOf(stats: () => EndpointStats): Promise<Reading> {
  await collect()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  const handles: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
  return { rss, heapUsed, arrayBuffers, handles, objects: objects(), stats: stats() }
}

function objects(): Reading['objects'] {
  return { connections: live(Connection), sockets: live(Socket), requests: live(IncomingMessage) }
}

/** Without subclasses' prototypes, which are objects of their class, too. */
function live(of: abstract new (...values: never[]) => object): number {
  return queryObjects(of as unknown as () => void, { format: 'count' }) as unknown as number
}
