// A small echo client that keeps the rules which the cases of the tests are about, except for the flaw that it is given.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import type { ConnectOptions, EchoClient, Session } from '../../src/clients/echo-client.js'
import { BINARY, type Bytes, CLOSE, PING, TEXT, closeBody, frame, toBytes } from '../../src/wire/frame.js'
import { type Answer, type RequestFields, faultOf, randomKey, readAnswer, requestHead } from '../../src/wire/handshake.js'
import { binary, text } from '../../src/wire/seen.js'
import { EchoSession, type FrameFlaw } from './echo-session.js'

/** Each one takes the place of what the client does right. */
export interface ClientFlaw extends FrameFlaw {
  readonly request?: (fields: RequestFields) => RequestFields
  /** What is wrong with the answer, or undefined. */
  readonly judgeAnswer?: (fault: string | undefined, answer: Answer) => string | undefined
  /** For each connection, where its masking keys come from. */
  readonly masks?: () => () => Uint8Array | undefined
  /** What is done with bytes behind the 101. */
  readonly takeEarly?: (bytes: Buffer) => Buffer
  /** Whether it ends TCP with its Close frame. */
  readonly endsTcp?: boolean
  /** Whether it goes on answering when it has closed. */
  readonly talksOn?: boolean
}

export function flawedClient(flaw: ClientFlaw): EchoClient {
  return { connect: (url, options) => new FlawedSession(url, options, flaw) }
}

class FlawedSession implements Session {
  hasOpened = false
  readonly received: string[] = []
  readonly #flaw: ClientFlaw
  readonly #socket: Socket
  readonly #frames: EchoSession
  readonly #mask: () => Uint8Array | undefined
  #head = Buffer.alloc(0)
  #isSilent = false

  constructor(url: URL, { subprotocols = [], compression }: ConnectOptions, flaw: ClientFlaw) {
    this.#flaw = flaw
    this.#mask = flaw.masks?.() ?? (() => randomBytes(4))
    const socket = (this.#socket = connect(Number(url.port), url.hostname))
    const onMessage = (opcode: number, message: Buffer): void => { this.received.push((opcode === TEXT ? text : binary)(message)) }
    const role = { hearsMasked: false, mask: this.#mask, onMessage }
    this.#frames = new EchoSession(socket, { ...flaw, staysOpen: flaw.endsTcp !== true }, role)
    const offer = compression === undefined ? undefined : offerOf(compression)
    const key = randomKey()
    const fields = {
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Protocol': subprotocols.length > 0 ? subprotocols.join(', ') : undefined,
      'Sec-WebSocket-Extensions': offer,
    }
    const sent = flaw.request?.(fields) ?? fields
    socket.write(requestHead(url, sent))
    socket.on('error', () => {}).on('data', (chunk: Buffer) => {
      if (this.#isSilent) return
      if (this.hasOpened) this.#frames.push(chunk)
      else this.#onHead(chunk, { key: String(sent['Sec-WebSocket-Key']), subprotocols, offer })
    })
  }

  #onHead(chunk: Buffer, asked: { key: string; subprotocols: readonly string[]; offer: string | undefined }): void {
    this.#head = Buffer.concat([this.#head, chunk])
    const read = answerIn(this.#head)
    if (read === undefined) return
    const fault = read === 'none' ? 'not HTTP' : (this.#flaw.judgeAnswer ?? ((each) => each))(faultOf(read.answer, asked), read.answer)
    if (read === 'none' || fault !== undefined) return void this.#socket.destroy()
    this.hasOpened = true
    const rest = this.#head.subarray(read.end)
    this.#frames.push(this.#flaw.takeEarly?.(rest) ?? rest)
  }

  send(message: Bytes): void {
    this.#socket.write(this.#frames.messageFrame(typeof message === 'string' ? TEXT : BINARY, toBytes(message)))
  }

  ping(): void {
    this.#socket.write(frame(PING, '', { mask: this.#mask() }))
  }

  close(code: number, reason = ''): void {
    this.#isSilent = this.#flaw.talksOn !== true
    this.#socket.write(frame(CLOSE, closeBody(code, reason), { mask: this.#mask() }))
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

function offerOf(compression: NonNullable<ConnectOptions['compression']>): string {
  return `permessage-deflate; client_max_window_bits${compression.serverNoContextTakeover === true ? '; server_no_context_takeover' : ''}`
}

function answerIn(bytes: Buffer): ReturnType<typeof readAnswer> | 'none' {
  try {
    return readAnswer(bytes)
  } catch {
    return 'none'
  }
}
