// What every server under test does the same way: it learns its task, tells its port, and ends when the parent does.
import type { AddressInfo, Server } from 'node:net'
import { createInterface } from 'node:readline'
import { type PayloadKind, payloadOf } from '../payload.js'

export interface ServerTask {
  /** `broadcast`: any message asks for `perTurn` broadcasts. `chat`: a message goes to all. `close`: only `net` has to be told. */
  readonly does: 'echo' | 'broadcast' | 'chat' | 'close'
  /** Whether text is taken as a string or as its bytes. */
  readonly take: 'string' | 'bytes'
  /** Of what is broadcast; in a chat, of every message. */
  readonly payload?: { readonly kind: PayloadKind; readonly size: number; readonly variants: number }
  readonly perTurn?: number
  readonly deflate?: boolean
  /** Of servers that are shown with more than one setting; see catalogue.ts. */
  readonly variant?: string
}

export const task = JSON.parse(process.argv[2] ?? '{"does":"echo","take":"string"}') as ServerTask

const { kind, size, variants } = task.payload ?? { kind: 'ascii', size: 64, variants: 1 }
const texts = Array.from({ length: variants }, (_, variant) => payloadOf(kind, size, variant).toString())
let turn = 0

/** The text of the next broadcast. */
export function nextText(): string {
  const text = texts[turn]!
  turn = (turn + 1) % texts.length
  return text
}

/** Announces the port of a server, after it listens. */
export function announceServer(server: Server): void {
  const tell = (): void => announce((server.address() as AddressInfo).port)
  if (server.listening) tell()
  else server.once('listening', tell)
}

export function announce(port: number): void {
  console.log(JSON.stringify({ port }))
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => void (line === 'gc' && collectGarbage()))
  lines.once('close', () => process.exit(0))
}

/** All of it: `gc()` would leave half-empty pages, which the next connections fill, so that they seem to cost nothing. */
async function collectGarbage(): Promise<void> {
  const { Bun } = globalThis as { Bun?: { gc(isForced: boolean): void } }
  Bun?.gc(true)
  if (Bun === undefined) {
    const { Session } = await import('node:inspector/promises')
    const session = new Session()
    session.connect()
    await session.post('HeapProfiler.collectGarbage')
    session.disconnect()
  }
  console.log(JSON.stringify({ collected: true }))
}
