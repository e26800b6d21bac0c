// A byte stream to a target: TCP or the application's own, with TLS on top for `wss:`. Knows no HTTP.
import { type NetConnectOpts, type Socket, connect as connectTcp, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Target } from '../handshake/target.js'
import type { DialSettings } from './options.js'

/** @throws the socket's error, or the reason of the signal. Whatever was opened is then destroyed. */
export async function dial(target: Target, settings: DialSettings, signal: AbortSignal): Promise<Duplex> {
  const { connect, tls } = settings
  if (connect === undefined && target.isSecure) {
    return established(connectTls({ ...tlsOptions(target), ...tcpOptions(target, settings), ...tls }), 'secureConnect', signal)
  }
  const raw = connect === undefined
    ? await established(connectTcp(tcpOptions(target, settings)), 'connect', signal)
    : await own(connect, target, signal)
  if (!target.isSecure) return raw
  return established(connectTls({ ...tlsOptions(target), ...tls, socket: raw }), 'secureConnect', signal)
}

function tcpOptions({ host, port }: Target, { lookup }: DialSettings): NetConnectOpts & { readonly host: string } {
  return { host, port, noDelay: true, ...(lookup && { lookup }) }
}

/** RFC 6066 §3: a literal address is no server name. RFC 7301: an h2 server must not answer in h2. */
function tlsOptions({ host }: Target): { host: string; servername?: string; ALPNProtocols: string[] } {
  return { host, ...(isIP(host) === 0 && { servername: host }), ALPNProtocols: ['http/1.1'] }
}

/** One that comes too late is destroyed. */
async function own(connect: NonNullable<DialSettings['connect']>, target: Target, signal: AbortSignal): Promise<Duplex> {
  const stream = await connect(target, signal)
  if (!signal.aborted) return stream
  stream.on('error', () => { /* nobody waits for it any more */ })
  stream.destroy()
  throw signal.reason
}

function established(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = (): void => void socket.destroy(signal.reason as Error)
    const leave = (): void => {
      signal.removeEventListener('abort', abort)
      socket.off('error', fail).off('close', onClose).off(event, succeed)
    }
    const fail = (error: Error): void => {
      leave()
      // Whatever it says from now on, it was given up.
      socket.on('error', () => { /* see above */ }).destroy()
      reject(signal.aborted ? (signal.reason as Error) : error)
    }
    const onClose = (): void => fail(new Error('the connection was closed before it was established'))
    const succeed = (): void => {
      leave()
      resolve(socket)
    }
    if (signal.aborted) return fail(signal.reason as Error)
    signal.addEventListener('abort', abort)
    socket.on('error', fail).on('close', onClose).on(event, succeed)
  })
}
