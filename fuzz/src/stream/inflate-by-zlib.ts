// What a row of messages must lead to, by node:zlib's own one-shot function over all payloads together: the oracle of the inflater. Knows
// payloads, no frames.
import { Buffer, isUtf8 } from 'node:buffer'
import { constants, inflateRawSync } from 'node:zlib'

export interface WireMessage {
  readonly kind: 'text' | 'binary'
  readonly isCompressed: boolean
  readonly payload: Buffer
  /** Something was done to the payload after it was deflated. */
  readonly isBent: boolean
}

/** What may come of one message. */
export interface Outcome {
  /** `text <hex>` or `binary <hex>`. Undefined: it must not be handed out. */
  readonly event: string | undefined
  /** The codes that the connection may fail with instead. */
  readonly codes: readonly number[]
}

const TAIL = Buffer.from('0000ffff', 'hex')

export interface ZlibOptions {
  /** Whether messages may refer to earlier ones. */
  readonly keepsContext: boolean
  readonly limit: number
}

/** Up to the first message whose outcome is not certain, or that fails. */
export function outcomesByZlib(messages: readonly WireMessage[], { keepsContext, limit }: ZlibOptions): Outcome[] {
  const outcomes: Outcome[] = []
  let stream = Buffer.alloc(0)
  let seen = 0
  for (const message of messages) {
    const { kind, isCompressed, payload, isBent } = message
    const whole = Buffer.concat([keepsContext ? stream : Buffer.alloc(0), payload, TAIL])
    const inflated = isCompressed ? inflate(whole) : { bytes: payload, isEnded: false }
    // Where a bent block calls itself the last one, zlib's one-shot function stops, and a receiver need not
    if (inflated?.isEnded) return outcomes
    const bytes = inflated?.bytes.subarray(isCompressed && keepsContext ? seen : 0)
    const isText = kind === 'text' && bytes !== undefined
    const isWrong = bytes === undefined || (isText && !isUtf8(bytes))
    const isLong = (bytes?.length ?? 0) > limit || payload.length > limit
    // What ends in the middle of a block is for zlib no fault
    const codes = [...(isWrong || (isBent && isCompressed) ? [1007] : []), ...(isLong || bytes === undefined ? [1009] : [])]
    const mayPass = !isWrong && bytes.length <= limit
    outcomes.push({ event: mayPass ? `${kind} ${bytes.toString('hex')}` : undefined, codes })
    if (codes.length > 0) return outcomes
    if (!isCompressed || !keepsContext) continue
    stream = whole
    seen += bytes!.length
  }
  return outcomes
}

function inflate(stream: Buffer): { readonly bytes: Buffer; readonly isEnded: boolean } | undefined {
  try {
    const result = inflateRawSync(stream, { finishFlush: constants.Z_SYNC_FLUSH, info: true })
    const { buffer: bytes, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    return { bytes, isEnded: engine.bytesWritten < stream.length }
  } catch {
    return undefined
  }
}
