// What the frame parser and the message assembler see in a client's bytes, in the words of the reference. Only a ProtocolError
// may come out of them: any other error is passed on.
import { Buffer } from 'node:buffer'
import {
  FrameParser,
  MessageAssembler,
  Opcode,
  ParserEvent,
  ProtocolError,
  applyMask,
  isControlOpcode,
  parseClosePayload,
} from '@tocsin/core/protocol'
import type { Event } from './reference.js'

export interface ReadOptions {
  readonly limit: number
  readonly text: 'string' | 'bytes'
}

export function readByParser(pieces: readonly Buffer[], options: ReadOptions): Event[] {
  const reading = new Reading(options)
  try {
    for (const piece of pieces) reading.push(Buffer.from(piece)) // the parser's owner unmasks in place
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    reading.events.push(`fail ${error.closeCode} §${error.section}`)
  }
  return reading.events
}

class Reading {
  readonly events: Event[] = []
  readonly #parser = new FrameParser({ masked: true })
  readonly #assembler: MessageAssembler
  #isClosed = false

  constructor({ limit, text }: ReadOptions) {
    this.#assembler = new MessageAssembler({ maxMessageSize: limit, text })
  }

  push(piece: Buffer): void {
    this.#parser.feed(piece)
    while (!this.#isClosed) {
      const event = this.#parser.next()
      if (event === ParserEvent.NeedMore) return
      if (event === ParserEvent.Payload) this.#takePayload()
      else if (!isControlOpcode(this.#parser.opcode)) this.#assembler.beginFrame(this.#parser)
    }
  }

  #takePayload(): void {
    const { bytes, sliceStart, sliceEnd, opcode, maskingKey } = this.#parser
    if (!isControlOpcode(opcode)) {
      if (this.#assembler.takeSlice(this.#parser)) this.#onMessage()
      return
    }
    applyMask(bytes, sliceStart, sliceEnd, maskingKey)
    const payload = bytes.subarray(sliceStart, sliceEnd)
    this.#isClosed = opcode === Opcode.Close
    if (this.#isClosed) this.events.push(`close ${parseClosePayload(payload).code}`)
    else this.events.push(`${opcode === Opcode.Ping ? 'ping' : 'pong'} ${payload.toString('hex')}`)
  }

  #onMessage(): void {
    const { kind, message } = this.#assembler
    this.events.push(`${kind} ${Buffer.from(message as string).toString('hex')}`)
    this.#assembler.message = ''
  }
}
