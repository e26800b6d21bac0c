// Owners of the parser for tests: bytes in, one line of text per frame or message out, `fail CODE §SECTION NAME` at the end
// when the peer broke a rule. Knows no socket.
import {
  FrameParser,
  type FrameParserOptions,
  MessageAssembler,
  type MessageAssemblerOptions,
  Opcode,
  ParserEvent,
  ProtocolError,
  applyMask,
  isControlOpcode,
  parseClosePayload,
} from '@tocsin/core/protocol'
import { maskNaively } from './wire.js'

export interface ReadOptions extends Partial<FrameParserOptions>, Partial<MessageAssemblerOptions> {}

const NAMES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name.toLowerCase()]))

/** Such as `text 4869`, `binary+ 00ff` (more fragments follow), `text rsv1 00`: from the parser alone. */
export function readFrames(chunks: readonly Buffer[], options: ReadOptions = {}): string[] {
  const parser = new FrameParser({ masked: undefined, ...options })
  const seen: string[] = []
  let payload: Buffer[] = []
  const take = (event: ParserEvent): boolean => {
    if (event === ParserEvent.Header) payload = []
    else payload.push(Buffer.from(parser.bytes.subarray(parser.sliceStart, parser.sliceEnd)))
    if (event === ParserEvent.Payload && parser.isFrameComplete) seen.push(describeFrame(parser, Buffer.concat(payload)))
    return false
  }
  return run(chunks, { parser, seen, take })
}

function describeFrame(parser: FrameParser, payload: Buffer): string {
  const key = Buffer.alloc(4)
  key.writeInt32LE(parser.maskingKey)
  const flags = `${parser.fin ? '' : '+'}${parser.rsv1 ? ' rsv1' : ''}`
  return `${NAMES.get(parser.opcode)}${flags} ${maskNaively(payload, key).toString('hex')}`.trimEnd()
}

/** Such as `text "Hi"`, `binary 00ff`, `ping 4869`, `close 1000 bye`; nothing is read after a Close frame. */
export function readMessages(chunks: readonly Buffer[], options: ReadOptions = {}): string[] {
  const parser = new FrameParser({ masked: undefined, ...options })
  const assembler = new MessageAssembler({ maxMessageSize: 1 << 20, text: 'string', ...options })
  const seen: string[] = []
  const take = (event: ParserEvent): boolean => {
    if (isControlOpcode(parser.opcode)) return event === ParserEvent.Payload && takeControl(parser, seen)
    if (event === ParserEvent.Header) assembler.beginFrame(parser)
    else if (assembler.takeSlice(parser)) seen.push(describeMessage(assembler))
    return false
  }
  return run(chunks, { parser, seen, take })
}

function takeControl(parser: FrameParser, seen: string[]): boolean {
  if (parser.masked) applyMask(parser.bytes, parser.sliceStart, parser.sliceEnd, parser.maskingKey)
  const payload = parser.bytes.subarray(parser.sliceStart, parser.sliceEnd)
  if (parser.opcode !== Opcode.Close) {
    seen.push(`${NAMES.get(parser.opcode)} ${payload.toString('hex')}`.trimEnd())
    return false
  }
  const { code, reason } = parseClosePayload(payload)
  seen.push(`close ${code} ${reason}`.trimEnd())
  return true
}

function describeMessage({ kind, message }: MessageAssembler): string {
  if (typeof message === 'string') return `${kind} ${JSON.stringify(message)}`
  return `${kind === 'text' ? 'text bytes' : 'binary'} ${message.toString('hex')}`.trimEnd()
}

interface Run {
  readonly parser: FrameParser
  readonly seen: string[]
  /** Returns true to stop reading. */
  take(event: ParserEvent): boolean
}

function run(chunks: readonly Buffer[], { parser, seen, take }: Run): string[] {
  try {
    for (const chunk of chunks) {
      parser.feed(chunk)
      for (let event = parser.next(); event !== ParserEvent.NeedMore; event = parser.next()) {
        if (take(event)) return seen
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    seen.push(`fail ${error.closeCode} §${error.section} ${error.code}`)
  }
  return seen
}
