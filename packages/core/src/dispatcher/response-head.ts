// The head of a response as Node's ServerResponse has serialised (and checked) it: its status, and the one field that we change.
// PURE: it must not know sockets, nor what the status means for an upgrade.

export interface ResponseHead {
  readonly status: number
  /** Status line, fields and the empty line, as latin1: each character is one byte of the wire. */
  readonly text: string
}

const END = '\r\n\r\n'

/** Takes the first complete response head off `bytes`, passing over interim ones (RFC 9110 §15.2); undefined while it is not complete. */
export function splitResponseHead(bytes: Buffer): { head: ResponseHead; rest: Buffer } | undefined {
  for (let start = 0; ; ) {
    const end = bytes.indexOf(END, start, 'latin1')
    if (end < 0) return undefined
    const text = bytes.toString('latin1', start, end + END.length)
    start = end + END.length
    const status = Number(text.slice(9, 12))
    // 101 is final for HTTP/1.1: what follows it belongs to another protocol
    if (status >= 200 || status === 101) return { head: { status, text }, rest: bytes.subarray(start) }
  }
}

/** The same head for the last response on its connection (RFC 9112 §9.6). */
export function closingHead({ text }: ResponseHead): Buffer {
  const [statusLine, ...fields] = text.slice(0, -END.length).split('\r\n')
  const kept = fields.filter((field) => !/^(?:connection|keep-alive):/i.test(field))
  return Buffer.from([statusLine, ...kept, 'Connection: close'].join('\r\n') + END, 'latin1')
}
