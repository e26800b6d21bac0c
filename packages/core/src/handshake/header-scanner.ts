// The characters of a header field: token, quoted-string and whitespace (RFC 9110 §5.6). Knows no field in particular.
// The position only ever moves forward, so that reading n characters takes O(n) steps, whatever they are.
import type { HandshakeError } from '../protocol/errors.js'
import { badRequest } from './refusal.js'

const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** tchar (RFC 9110 §5.6.2), by character code: 1 for each that may stand in a token. */
const TOKEN_CHARACTERS = tokenCharacters()

function tokenCharacters(): Uint8Array {
  const table = new Uint8Array(128)
  const characters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}

function isTokenCharacter(code: number): boolean {
  return TOKEN_CHARACTERS[code] === 1
}

/** Whether `text` is one token: not empty, no whitespace, no separator, nothing outside of ASCII (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (!isTokenCharacter(text.charCodeAt(index))) return false
  }
  return text.length > 0
}

/** Reads the value of one request field from left to right; what does not fit is a HandshakeError 400 that names the field. */
export class HeaderScanner {
  readonly #text: string
  readonly #field: string
  #position = 0

  /** `field` is the name for error messages, such as `Sec-WebSocket-Protocol`. */
  constructor(text: string, field: string) {
    this.#text = text
    this.#field = field
  }

  /** Whether nothing is left but whitespace, which is skipped. */
  isAtEnd(): boolean {
    this.#skipWhitespace()
    return this.#position === this.#text.length
  }

  /** Whether `character` comes next after optional whitespace; it is not consumed. */
  isNext(character: string): boolean {
    this.#skipWhitespace()
    return this.#text[this.#position] === character
  }

  /** Consumes `character` if it comes next, after optional whitespace. */
  accept(character: string): boolean {
    const isNext = this.isNext(character)
    if (isNext) this.#position++
    return isNext
  }

  /** Moves behind the next `character`; false, and at the end, if there is none. */
  skipPast(character: string): boolean {
    const found = this.#text.indexOf(character, this.#position)
    this.#position = found === -1 ? this.#text.length : found + 1
    return found !== -1
  }

  /** The longest token that comes next, after optional whitespace; empty if there is none. */
  readToken(): string {
    this.#skipWhitespace()
    const start = this.#position
    while (isTokenCharacter(this.#text.charCodeAt(this.#position))) this.#position++
    return this.#text.slice(start, this.#position)
  }

  /** As `readToken`, but at least one character is required. */
  requireToken(): string {
    const token = this.readToken()
    if (token === '') throw this.malformed('a token is missing')
    return token
  }

  /** Everything up to `character`, which is not consumed, or to the end, without the whitespace around it. */
  readUpTo(character: string): string {
    const start = this.#position
    const end = this.#text.indexOf(character, start)
    this.#position = end === -1 ? this.#text.length : end
    return this.#text.slice(start, this.#position).trim()
  }

  /** The content of a quoted-string, unescaped (RFC 9110 §5.6.4). Its opening quote has been accepted already. */
  readQuotedString(): string {
    let content = ''
    let start = this.#position
    for (;;) {
      const code = this.#text.charCodeAt(this.#position)
      if (Number.isNaN(code)) throw this.malformed('a quoted string is not closed')
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        content += this.#text.slice(start, this.#position)
        start = ++this.#position
      }
      this.#position++
    }
    return content + this.#text.slice(start, this.#position++)
  }

  /** The refusal for what was found at this place. */
  malformed(fault: string): HandshakeError {
    return badRequest('WS_ERR_MALFORMED_HEADER', `${this.#field}: ${fault} at character ${this.#position}`)
  }

  #skipWhitespace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position)
      if (code !== SPACE && code !== TAB) return
      this.#position++
    }
  }
}
