// What a client has to make of a server's answer to its handshake (RFC 6455 §4.1, RFC 9112), as plainly as it can be written, with all
// bytes at hand and FIN behind them: the oracle.
import { Buffer } from 'node:buffer'
import { elementsOf, isExtensionList } from './header-values.js'
import { type Policy, mayTake } from './negotiation.js'

export interface Asked {
  readonly accept: string
  readonly subprotocols: readonly string[]
  /** Null: nothing was offered. */
  readonly policy: Policy | null
}

export type Verdict =
  | { readonly kind: 'open'; readonly subprotocol: string; readonly rest: Buffer }
  | { readonly kind: 'refused'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'failed' }

const FAILED: Verdict = { kind: 'failed' }
/** What the client documents: of heads, and of the body of a refusal. */
const MAX_HEADS = 16_384
const MAX_BODY = 65_536

const TEXT = '[\\t\\x20-\\x7e\\x80-\\xff]*'
const STATUS_LINE = new RegExp(`^HTTP/1\\.([01]) ([1-5]\\d\\d)(?: ${TEXT})?$`)
const FIELD = new RegExp(`^([!#$%&'*+\\-.^_\`|~0-9A-Za-z]+):(${TEXT})$`)

interface Head {
  readonly minor: string
  readonly status: number
  /** By lower-case name; undefined: not there. */
  readonly field: (name: string) => string | undefined
}

export function verdictOn(bytes: Buffer, asked: Asked): Verdict {
  const text = bytes.toString('latin1')
  for (let at = 0, heads = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at)
    heads += end - at
    if (end < 0 || end + 4 - at > MAX_HEADS || heads > MAX_HEADS) return FAILED
    const head = headIn(text.slice(at, end).split('\r\n'))
    if (head === undefined || (head.minor === '0' && head.status === 101)) return FAILED
    at = end + 4
    if (head.status === 101) return opened(head, asked, bytes.subarray(at))
    if (head.status < 200) continue
    const body = bodyOf(head, bytes.subarray(at))
    return body === undefined ? FAILED : { kind: 'refused', status: head.status, body: body.subarray(0, MAX_BODY) }
  }
}

function headIn([statusLine = '', ...lines]: readonly string[]): Head | undefined {
  const [, minor, status] = STATUS_LINE.exec(statusLine) ?? []
  const fields = lines.map((line) => FIELD.exec(line))
  if (minor === undefined || fields.includes(null)) return undefined
  return {
    minor,
    status: Number(status),
    field: (wanted) => {
      const found = fields.filter((field) => field![1]!.toLowerCase() === wanted)
      const values = found.map((field) => field![2]!.replace(/^[ \t]+|[ \t]+$/g, ''))
      return values.length === 0 ? undefined : values.join(', ')
    },
  }
}

/** §4.1(2) to (6). */
function opened({ field }: Head, { accept, subprotocols, policy }: Asked, rest: Buffer): Verdict {
  const extensions = field('sec-websocket-extensions') ?? ''
  const subprotocol = field('sec-websocket-protocol')
  const isRight = field('upgrade')?.toLowerCase() === 'websocket'
    && elementsOf(field('connection') ?? '').some((element) => element.toLowerCase() === 'upgrade')
    && field('sec-websocket-accept') === accept
    && (extensions === '' || (isExtensionList(extensions) && policy !== null && mayTake(extensions, policy)))
    && (subprotocol === undefined || subprotocols.includes(subprotocol))
  return isRight ? { kind: 'open', subprotocol: subprotocol ?? '', rest } : FAILED
}

/** RFC 9112 §6.3. Undefined: it is wrong, or FIN comes before its end. */
function bodyOf({ status, field }: Head, rest: Buffer): Buffer | undefined {
  if (status === 204 || status === 304) return rest.subarray(0, 0)
  if (field('transfer-encoding')?.split(',').at(-1)!.trim().toLowerCase() === 'chunked') return unchunked(rest)
  const length = field('content-length')
  if (length === undefined) return rest
  const [size, ...others] = new Set(length.split(',').map((each) => each.trim()))
  if (others.length > 0 || !/^\d{1,15}$/.test(size!)) return undefined
  return rest.length >= Math.min(Number(size), MAX_BODY) ? rest.subarray(0, Number(size)) : undefined
}

/** RFC 9112 §7.1. What is not wanted any more need not come. */
function unchunked(rest: Buffer): Buffer | undefined {
  let body = rest.subarray(0, 0)
  for (let at = 0; body.length < MAX_BODY;) {
    const end = rest.indexOf('\r\n', at)
    const size = end < 0 ? undefined : /^[0-9a-f]{1,8}(?=[ \t;]|$)/i.exec(rest.toString('latin1', at, end))?.[0]
    if (size === undefined) return undefined
    const chunk = rest.subarray(end + 2, end + 2 + Number.parseInt(size, 16))
    if (Number(`0x${size}`) === 0) return body
    body = Buffer.concat([body, chunk])
    at = end + 2 + Number.parseInt(size, 16) + 2
  }
  return body
}
