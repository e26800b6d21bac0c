// What a session says, as lines: for people, or as JSON for programs. Pure but for the writing.
import { Buffer, isUtf8 } from 'node:buffer'
import type { CloseEvent, Message, OpenEvent, ReconnectingEvent } from '../index.js'

export interface Printer {
  open(event: OpenEvent, agreed: { readonly url: string; readonly subprotocol: string; readonly extensions: string }): void
  message(message: Message): void
  frame(kind: 'ping' | 'pong', payload: Uint8Array): void
  close(event: CloseEvent): void
  reconnecting(event: ReconnectingEvent): void
  error(error: Error): void
  /** For the one at the terminal. */
  hint(text: string): void
}

type Write = (line: string) => void
type Style = 'green' | 'red' | 'dim' | 'cyan'

const CODES: Record<Style, number> = { green: 32, red: 31, dim: 2, cyan: 36 }
/** Of bytes, so many are shown. */
const SHOWN = 64

export function peoplePrinter(write: Write, hasColors: boolean): Printer {
  const style = (name: Style, text: string): string => (hasColors ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text)
  return {
    open({ reconnected }, { url, subprotocol, extensions }) {
      const agreed = [subprotocol, extensions].filter((each) => each !== '').map((each) => ` (${visible(each)})`).join('')
      write(style('green', `${reconnected ? 'connected again' : 'connected'} to ${url}${agreed}`))
    },
    message(message) {
      write(`${style('cyan', '<')} ${typeof message === 'string' ? visible(message) : style('dim', bytesAsText(message))}`)
    },
    frame(kind, payload) {
      const text = isUtf8(payload) ? visible(Buffer.from(payload).toString()) : bytesAsText(payload)
      write(style('dim', `${kind} ${text}`.trimEnd()))
    },
    close({ code, reason, clean }) {
      write(style(clean ? 'dim' : 'red', `closed: ${code}${nameOf(code)} ${visible(reason)}`.trimEnd()))
    },
    reconnecting: ({ delay }) => write(style('dim', `next attempt in ${(delay / 1_000).toFixed(1)} s`)),
    error: (error) => write(style('red', `error: ${describe(error)}`)),
    hint: (text) => write(style('dim', text)),
  }
}

export function jsonPrinter(write: Write): Printer {
  const print = (event: string, facts: object = {}): void => write(JSON.stringify({ event, ...facts }))
  return {
    open: ({ response, reconnected }, agreed) => print('open', { reconnected, ...agreed, headers: response?.headers }),
    message: (message) => print('message', typeof message === 'string' ? { text: message } : { base64: base64(message) }),
    frame: (kind, payload) => print(kind, { base64: base64(payload) }),
    close: ({ code, reason, clean, final }) => print('close', { code, reason, clean, final }),
    reconnecting: ({ attempt, delay }) => print('reconnecting', { attempt, delay }),
    error: (error) => print('error', { message: error.message, ...(error as Partial<{ code: string; status: number; body: string }>) }),
    hint: () => undefined,
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** All but tab and line feed; and what turns the direction of text. */
// oxlint-disable-next-line no-control-regex -- it is about control characters
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** What a server sends must not move the cursor or paint the terminal. */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function bytesAsText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex').replace(/..(?!$)/g, '$& ')
  return `${bytes.length} bytes${hex === '' ? '' : `: ${hex}`}${bytes.length > SHOWN ? ' ...' : ''}`
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [1000, 'normal closure'], [1001, 'going away'], [1002, 'protocol error'], [1003, 'unsupported data'], [1005, 'no code'],
  [1006, 'no Close frame'], [1007, 'invalid payload'], [1008, 'policy violation'], [1009, 'message too big'],
  [1010, 'extension missing'], [1011, 'internal error'], [1012, 'service restart'], [1013, 'try again later'], [1014, 'bad gateway'],
])

function nameOf(code: number): string {
  const name = NAMES.get(code)
  return name === undefined ? '' : ` (${name})`
}

function describe(error: Error): string {
  const { body = '', code = '' } = error as { body?: string; code?: string }
  // Of several addresses each has its own: the whole has no message.
  const message = error instanceof AggregateError ? error.errors.map((each: Error) => each.message).join('; ') : error.message
  return visible([message === '' ? code : message, body].filter((each) => each !== '').join('\n'))
}
