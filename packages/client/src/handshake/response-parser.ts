// Bytes -> the server's answer to the handshake: a head, and of a refusal the beginning of its body (RFC 9112 §6.3, §7.1).
// Bounded in memory whatever comes. Knows no sockets.
import { Buffer } from 'node:buffer'
import { type ResponseHead, badResponse, parseResponseHead } from './response-head.js'

/** As Node's own limit. */
const MAX_HEAD = 16 * 1024
/** Of a refusal's body; the rest is not read. */
export const MAX_BODY = 64 * 1024
/** A chunk's size in hex, with extensions. */
const MAX_CHUNK_LINE = 256
const HEAD_END = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

export class ResponseParser {
  head: ResponseHead | undefined
  /** What came behind a 101: frames. */
  rest: Buffer = NOTHING

  #bytes: Buffer = NOTHING
  #headBytes = 0
  #body: Buffer[] = []
  #bodySize = 0
  /** Of the body, or of the chunk: undefined until it is known, Infinity until the connection ends. */
  #left: number | undefined
  #isChunked = false
  #isWhole = false

  /** @returns whether the answer is complete, or as much of it as anybody wants. @throws ProtocolError */
  push(chunk: Buffer): boolean {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    if (this.head === undefined && !this.#takeHead()) return false
    if (!this.#isWhole) this.#takeBody()
    return this.#isWhole
  }

  /** The connection has ended. @returns as push() */
  end(): boolean {
    return this.#isWhole || (this.head !== undefined && this.#left === Infinity)
  }

  /** Of a refusal, at most MAX_BODY bytes. */
  get body(): Buffer {
    return Buffer.concat(this.#body)
  }

  #takeHead(): boolean {
    for (;;) {
      const end = this.#bytes.subarray(0, MAX_HEAD).indexOf(HEAD_END)
      if (end < 0) {
        if (this.#bytes.length >= MAX_HEAD) throw badResponse(`its head is longer than ${MAX_HEAD} bytes`)
        return false
      }
      const head = parseResponseHead(this.#bytes.toString('latin1', 0, end))
      this.#bytes = this.#bytes.subarray(end + HEAD_END.length)
      this.#headBytes += end
      if (this.#headBytes > MAX_HEAD) throw badResponse('too many interim responses')
      // RFC 9110 §15.2: interim responses come before the final one. 101 is final here.
      if (head.status >= 200 || head.status === 101) return this.#begin(head)
    }
  }

  #begin(head: ResponseHead): true {
    const { status, headers } = head
    this.head = head
    // RFC 9112 §6.3(1): these have no body, whatever their fields say.
    this.#isWhole = status === 101 || status === 204 || status === 304
    if (this.#isWhole) {
      this.rest = this.#bytes
      return true
    }
    this.#isChunked = /(?:^|,)[ \t]*chunked[ \t]*$/i.test(String(headers['transfer-encoding'] ?? ''))
    // RFC 9112 §6.3(3): Transfer-Encoding overrides Content-Length.
    if (!this.#isChunked) this.#left = lengthOf(headers['content-length'])
    return true
  }

  #takeBody(): void {
    while (!this.#isWhole && (this.#left !== undefined || this.#takeChunkLine())) {
      const part = this.#bytes.subarray(0, Math.min(this.#left!, MAX_BODY - this.#bodySize))
      if (part.length > 0) this.#body.push(Buffer.from(part))
      this.#bodySize += part.length
      this.#bytes = this.#bytes.subarray(part.length)
      this.#left! -= part.length
      if (this.#bodySize >= MAX_BODY || (this.#left === 0 && !this.#isChunked)) this.#isWhole = true
      if (this.#left! > 0) return
      this.#left = undefined
    }
  }

  /** RFC 9112 §7.1. Each chunk but the first has the line end of the one before in front of its size. Trailers are not waited for. */
  #takeChunkLine(): boolean {
    const start = this.#bodySize > 0 && this.#bytes[0] === 0x0d ? 2 : 0
    const end = this.#bytes.indexOf('\r\n', start)
    if (end < 0 && this.#bytes.length > MAX_CHUNK_LINE) throw badResponse('its body is not chunked as it says')
    if (end < 0) return false
    const size = /^[0-9a-f]{1,8}(?=[ \t;]|$)/i.exec(this.#bytes.toString('latin1', start, end))?.[0]
    if (size === undefined) throw badResponse('its body is not chunked as it says')
    this.#bytes = this.#bytes.subarray(end + 2)
    this.#left = Number.parseInt(size, 16)
    this.#isWhole = this.#left === 0
    return true
  }
}

/** RFC 9112 §6.3(5): a list of the same number is that number; (8): without one the connection's end ends the body. */
function lengthOf(value: string | readonly string[] | undefined): number {
  if (value === undefined) return Infinity
  const [first = '', ...others] = String(value).split(',').map((each) => each.trim())
  if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) throw badResponse('its Content-Length is no length')
  return Number(first)
}
