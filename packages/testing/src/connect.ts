// The same client over real TCP and TLS. Knows ports and certificates.
import { once } from 'node:events'
import { type Socket, connect as connectTcp, isIP } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type OpenOptions, openWebSocket } from './client/open-web-socket.js'
import type { TestClient } from './client/test-client.js'

export interface ConnectOptions extends OpenOptions {
  /** `ws:`, `wss:`, `http:` or `https:`; says host, port, path and whether to use TLS, unless the options below do. */
  readonly url?: string | URL
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default 80, or 443 with TLS */
  readonly port?: number
  /** Options for `tls.connect`, such as `{ ca }`, or true for none. @default false */
  readonly tls?: boolean | ConnectionOptions
}

/**
 * Opens a WebSocket over TCP or TLS.
 * @throws UpgradeRefusedError with status, headers and body; the socket's error when there is no connection; otherwise as
 *   `openWebSocket`
 */
export async function connect(target: string | URL | ConnectOptions): Promise<TestClient> {
  const options = resolve(typeof target === 'string' || target instanceof URL ? { url: target } : target)
  const { host, port, tls } = options
  const raw = connectTcp(port, host)
  await once(raw, 'connect')
  const socket = tls === false ? raw : await secure(raw, host, tls === true ? {} : tls)
  return openWebSocket({ socket, raw, host: authorityOf(options) }, options)
}

type Resolved = ConnectOptions & Required<Pick<ConnectOptions, 'host' | 'port' | 'tls'>>

function resolve(options: ConnectOptions): Resolved {
  const url = options.url === undefined ? undefined : new URL(options.url)
  const tls = options.tls ?? (url?.protocol === 'wss:' || url?.protocol === 'https:')
  const port = options.port ?? (url === undefined || url.port === '' ? (tls === false ? 80 : 443) : Number(url.port))
  const host = options.host ?? url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1'
  const path = options.path ?? (url === undefined ? '/' : url.pathname + url.search)
  return { ...options, tls, port, host, path }
}

function authorityOf({ host, port, tls }: Resolved): string {
  const name = isIP(host) === 6 ? `[${host}]` : host
  return port === (tls === false ? 80 : 443) ? name : `${name}:${port}`
}

/** TLS on top of a socket of our own, so that RST can be sent below it. */
async function secure(socket: Socket, host: string, options: ConnectionOptions): Promise<Socket> {
  const name = isIP(host) === 0 ? { servername: host } : {}
  const secured = connectTls({ ...name, host, ...options, socket })
  await once(secured, 'secureConnect')
  return secured
}
