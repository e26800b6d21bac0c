// Bytes -> one HTTP/1.1 response, whole (RFC 9112 §6.3): enough to read what a server answers to a handshake. Knows no socket.
import { Buffer } from 'node:buffer'

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** By lower-case name; several fields of one name joined by ', ', but `set-cookie` as a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

type Head = Omit<HttpResponse, 'body'>

const HEAD_END = '\r\n\r\n'
const EMPTY = Buffer.alloc(0)

/** Takes bytes until the response is whole. Interim responses but 101 are passed over. */
export class HttpResponseParser {
  #bytes: Buffer = EMPTY
  #head: Head | undefined

  /** Bytes behind the response: after a 101, frames. */
  get rest(): Buffer {
    return this.#bytes
  }

  get hasBegun(): boolean {
    return this.#head !== undefined || this.#bytes.length > 0
  }

  /** @returns the response when it is whole. @throws Error for what is not HTTP/1 */
  push(chunk: Buffer): HttpResponse | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    this.#head ??= this.#takeHead()
    return this.#head === undefined ? undefined : this.#takeBody(this.#head)
  }

  /** FIN came. @returns the response when its end is the connection's end */
  end(): HttpResponse | undefined {
    const head = this.#head
    if (head === undefined || head.headers['content-length'] !== undefined || isChunked(head)) return undefined
    return { ...head, body: this.#take(this.#bytes.length) }
  }

  #takeHead(): Head | undefined {
    for (;;) {
      const end = this.#bytes.indexOf(HEAD_END)
      if (end < 0) return undefined
      const head = parseHead(this.#take(end + HEAD_END.length).toString('latin1'))
      if (head.status === 101 || head.status >= 200) return head
    }
  }

  #takeBody(head: Head): HttpResponse | undefined {
    // RFC 9112 §6.3(1): these have no body, whatever their fields say
    if (head.status === 101 || head.status === 204 || head.status === 304) return { ...head, body: EMPTY }
    if (isChunked(head)) return this.#takeChunks(head)
    const length = head.headers['content-length']
    if (length === undefined || this.#bytes.length < Number(length)) return undefined
    return { ...head, body: this.#take(Number(length)) }
  }

  /** RFC 9112 §7.1, without trailers. Nothing is taken before the last chunk is there. */
  #takeChunks(head: Head): HttpResponse | undefined {
    const chunks: Buffer[] = []
    for (let at = 0; ; ) {
      const lineEnd = this.#bytes.indexOf('\r\n', at)
      if (lineEnd < 0) return undefined
      const size = Number.parseInt(this.#bytes.toString('latin1', at, lineEnd), 16)
      const start = lineEnd + 2
      at = start + size + 2
      if (this.#bytes.length < at) return undefined
      if (size === 0) {
        this.#take(at)
        return { ...head, body: Buffer.concat(chunks) }
      }
      chunks.push(this.#bytes.subarray(start, start + size))
    }
  }

  #take(size: number): Buffer {
    const taken = this.#bytes.subarray(0, size)
    this.#bytes = this.#bytes.subarray(size)
    return taken
  }
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.slice(0, -HEAD_END.length).split('\r\n')
  const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine)
  if (match === null) throw new Error(`not a status line of HTTP/1: ${JSON.stringify(statusLine)}`)
  return { status: Number(match[1]), reason: match[2] ?? '', headers: groupFields(lines) }
}

function groupFields(lines: readonly string[]): HttpResponse['headers'] {
  const fields: Record<string, string | readonly string[]> = Object.create(null) as Record<string, string | readonly string[]>
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) throw new Error(`not a header field: ${JSON.stringify(line)}`)
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const known = fields[name]
    if (name === 'set-cookie') fields[name] = [...(known ?? []), value]
    else fields[name] = known === undefined ? value : `${String(known)}, ${value}`
  }
  return fields
}

function isChunked({ headers }: Head): boolean {
  return String(headers['transfer-encoding'] ?? '').toLowerCase().includes('chunked')
}
