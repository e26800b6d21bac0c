// The client's opening handshake on a socket that is there already (RFC 6455 §4.1): request, answer, checks. Knows no server.
import type { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Compression } from '@tocsin/core/compression'
import type { Fault } from '../faults/fault.js'
import { agreedCompression } from './agreed-compression.js'
import { HandshakeFailedError, TimeoutError, UpgradeRefusedError } from './errors.js'
import { type RequestOptions, serializeHandshakeRequest } from './handshake-request.js'
import { type HttpResponse, HttpResponseParser } from './http-response.js'
import { TestClient, type TestClientOptions } from './test-client.js'

export interface OpenOptions extends RequestOptions, TestClientOptions {
  /** How long the answer to the handshake may take, in ms of real time. @default 5_000 */
  readonly handshakeTimeout?: number
  /** What lies between the client and its socket, the first one nearest to the socket. @default none */
  readonly faults?: readonly Fault[]
}

/** Where the handshake goes. */
export interface Carrier {
  readonly socket: Duplex
  /** The TCP socket where `socket` is TLS. @default socket */
  readonly raw?: Duplex
  /** For the Host field. @default 'localhost' */
  readonly host?: string
}

const HANDSHAKE_TIMEOUT = 5_000
/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/**
 * Opens a WebSocket on any connected Duplex. `inject` and `connect` bring their own.
 * @throws UpgradeRefusedError with status, headers and body for another answer than a 101; HandshakeFailedError for none, for a
 *   part of one, and for a 101 that breaks RFC 6455; TimeoutError
 */
export async function openWebSocket(carrier: Carrier, options: OpenOptions = {}): Promise<TestClient> {
  const { socket: inner, raw = inner, host = 'localhost' } = carrier
  const socket = (options.faults ?? []).reduce((wrapped, fault) => fault(wrapped), inner)
  const request = serializeHandshakeRequest(options, host)
  const { response, rest } = await exchange(socket, request.bytes, options.handshakeTimeout ?? HANDSHAKE_TIMEOUT)
  try {
    if (response.status !== 101) throw new UpgradeRefusedError(response)
    checkSwitchingProtocols(response, request.key, options.subprotocols ?? [])
    return new TestClient({ socket, raw, response, rest, options, compression: compressionOf(response, options) })
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** What a test offers by hand, in `headers`, is for it to judge. */
function compressionOf({ headers }: HttpResponse, { compression, headers: own = {} }: OpenOptions): Compression | undefined {
  const answer = headers['sec-websocket-extensions']
  const isByHand = Object.keys(own).some((name) => name.toLowerCase() === 'sec-websocket-extensions')
  try {
    return isByHand ? undefined : agreedCompression(compression, answer === undefined ? undefined : String(answer))
  } catch (error) {
    throw new HandshakeFailedError((error as Error).message, error)
  }
}

interface Exchanged {
  readonly response: HttpResponse
  readonly rest: Buffer
}

/** The caller must add its own listeners at once: the socket is left paused, with the answer read and nothing lost. */
function exchange(socket: Duplex, request: Buffer, timeout: number): Promise<Exchanged> {
  const parser = new HttpResponseParser()
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer)
      socket.off('data', onData).off('end', onEnd).off('close', onClose)
      socket.pause()
      setImmediate(() => socket.off('error', onError))
    }
    const succeed = (response: HttpResponse): void => { leave(); resolve({ response, rest: parser.rest }) }
    const fail = (error: Error): void => {
      leave()
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(new TimeoutError('answer to the handshake', timeout, progressOf(parser))), timeout)
    let socketError: Error | undefined
    const onError = (error: Error): void => { socketError = error }
    const onClose = (): void => {
      fail(new HandshakeFailedError(`the connection ended before the handshake: ${progressOf(parser)}`, socketError))
    }
    const onEnd = (): void => {
      const response = parser.end()
      if (response === undefined) onClose()
      else succeed(response)
    }
    const onData = (chunk: Buffer): void => {
      try {
        const response = parser.push(chunk)
        if (response !== undefined) succeed(response)
      } catch (error) {
        fail(new HandshakeFailedError((error as Error).message, error))
      }
    }
    socket.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onError)
    socket.write(request)
  })
}

function progressOf(parser: HttpResponseParser): string {
  return parser.hasBegun ? 'a part of a response came' : 'no byte came'
}

/** RFC 6455 §4.1, the client's checks of the server's answer. */
function checkSwitchingProtocols({ headers }: HttpResponse, key: string, offered: readonly string[]): void {
  const subprotocol = headers['sec-websocket-protocol']
  const accept = createHash('sha1').update(key + GUID).digest('base64')
  if (String(headers.upgrade).toLowerCase() !== 'websocket') throw broken('Upgrade must be "websocket"')
  if (!/(^|,)\s*upgrade\s*(,|$)/i.test(String(headers.connection))) throw broken('Connection must hold "Upgrade"')
  if (headers['sec-websocket-accept'] !== accept) throw broken('Sec-WebSocket-Accept does not answer Sec-WebSocket-Key')
  if (subprotocol !== undefined && !offered.includes(String(subprotocol))) throw broken('a subprotocol that was not offered')
}

function broken(rule: string): HandshakeFailedError {
  return new HandshakeFailedError(`RFC 6455 §4.1: ${rule}`)
}
