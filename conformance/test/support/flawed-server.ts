// A small echo server that keeps the rules which the cases of the runner's tests are about, except for the flaw that it is given.
import { Buffer } from 'node:buffer'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { constants, deflateRawSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { acceptFor } from '../../src/wire/handshake.js'
import { EchoSession, type FrameFlaw } from './echo-session.js'

/** Each one takes the place of what the server does right. */
export interface Flaw extends FrameFlaw {
  /** The fields of the 101. */
  readonly fields?: (fields: Record<string, string>, offer: string | undefined) => Record<string, string>
  readonly isAcceptable?: (head: string) => boolean
}

const REFUSAL = 'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\n'
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH }

export async function startFlawed(flaw: Flaw): Promise<URL> {
  return listen(createServer((socket) => { new Session(socket, flaw) }))
}

export async function listen(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { server.close() })
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

class Session {
  readonly #socket: Socket
  readonly #flaw: Flaw
  readonly #frames: EchoSession
  #head: Buffer | undefined = Buffer.alloc(0)

  constructor(socket: Socket, flaw: Flaw) {
    this.#socket = socket
    this.#flaw = flaw
    this.#frames = new EchoSession(socket, flaw, { hearsMasked: true, mask: () => undefined })
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (this.#head === undefined) this.#frames.push(chunk)
      else this.#handshake((this.#head = Buffer.concat([this.#head, chunk])))
    })
  }

  #handshake(bytes: Buffer): void {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = bytes.toString('latin1', 0, end)
    const isRight = head.startsWith('GET ') && /^Sec-WebSocket-Version: 13$/m.test(head.replaceAll('\r', ''))
    if (!(this.#flaw.isAcceptable?.(head) ?? isRight)) return void this.#socket.end(REFUSAL)
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(head.replaceAll('\r', ''))?.[1]
    const fields: Record<string, string> = {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': acceptFor(field('Sec-WebSocket-Key') ?? ''),
    }
    const given = this.#flaw.fields?.(fields, field('Sec-WebSocket-Extensions')) ?? fields
    this.#socket.write([
      'HTTP/1.1 101 Switching Protocols',
      ...Object.entries(given).map(([name, value]) => `${name}: ${value}`),
      '',
      '',
    ].join('\r\n'))
    this.#head = undefined
    this.#frames.push(bytes.subarray(end + 4))
  }
}

/** Right, without context: what the flaws about compression differ from. */
export function deflateRight(message: Buffer): Buffer {
  return deflateRawSync(message, SYNC).subarray(0, -4)
}
