// All servers that can be measured: what they are called, how they are started, what they speak.
import { spawnSync } from 'node:child_process'
import type { ProtocolName } from './load/protocol.js'

export interface ServerEntry {
  readonly title: string
  /** In dist/servers. */
  readonly file: string
  readonly protocol: ProtocolName
  /** Told to the server; see ServerTask. */
  readonly variant?: string
  readonly env?: Readonly<Record<string, string>>
  /** What its version is read from, beside Node's own. */
  readonly packages?: readonly string[]
  /** Its own runtime instead of this Node. */
  readonly runtime?: 'bun'
}

const WITHOUT_HELPERS = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' }

export const CATALOGUE: Readonly<Record<string, ServerEntry>> = {
  tocsin: { title: 'Tocsin', file: 'tocsin', protocol: 'plain' },
  'tocsin-all': { title: 'Tocsin, threshold 0', file: 'tocsin', protocol: 'plain', variant: 'all' },
  'tocsin-express': { title: 'Tocsin in Express', file: 'tocsin-express', protocol: 'plain', packages: ['express'] },
  'tocsin-fastify': { title: 'Tocsin in Fastify', file: 'tocsin-fastify', protocol: 'plain', packages: ['fastify'] },
  'tocsin-nest': { title: 'Tocsin in Nest', file: 'tocsin-nest', protocol: 'plain', packages: ['@nestjs/core'] },
  'tocsin-nest-events': { title: 'Tocsin in Nest, events', file: 'tocsin-nest-events', protocol: 'nest', packages: ['@nestjs/core'] },
  ws: { title: 'ws', file: 'ws', protocol: 'plain', packages: ['ws', 'bufferutil', 'utf-8-validate'] },
  'ws-js': { title: 'ws without native helpers', file: 'ws', protocol: 'plain', env: WITHOUT_HELPERS, packages: ['ws'] },
  'ws-level-1': { title: 'ws, level 1, no context', file: 'ws', protocol: 'plain', variant: 'level 1', packages: ['ws'] },
  net: { title: 'node:net', file: 'net', protocol: 'mirror' },
  'express-ws': { title: 'express-ws', file: 'express-ws', protocol: 'plain', packages: ['express-ws', 'express'] },
  'fastify-websocket': {
    title: '@fastify/websocket', file: 'fastify-websocket', protocol: 'plain', packages: ['@fastify/websocket', 'fastify'],
  },
  'platform-ws': { title: 'Nest platform-ws', file: 'platform-ws', protocol: 'nest', packages: ['@nestjs/platform-ws', '@nestjs/core'] },
  'socket.io': { title: 'Socket.IO', file: 'socket-io', protocol: 'socket.io', packages: ['socket.io'] },
  bun: { title: 'Bun', file: 'bun', protocol: 'plain', runtime: 'bun' },
}

export function entryOf(server: string): ServerEntry {
  const entry = CATALOGUE[server]
  if (entry === undefined) throw new Error(`no server is called '${server}'`)
  return entry
}

/** BUN, or the one on the PATH; undefined where there is none. */
export function bunVersion(): { readonly command: string; readonly version: string } | undefined {
  const command = process.env['BUN'] ?? 'bun'
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
  return status === 0 ? { command, version: stdout.trim() } : undefined
}

/** Servers whose runtime is not here are left out, by name. */
export function isAvailable(server: string, bun: ReturnType<typeof bunVersion>): boolean {
  return entryOf(server).runtime !== 'bun' || bun !== undefined
}
