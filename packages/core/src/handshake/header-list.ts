// Comma-separated lists in header fields (RFC 9110 §5.6.1), in linear time. Knows no field in particular.
import { HeaderScanner } from './header-scanner.js'

/**
 * Reads `1#element` with a reader for one element.
 *
 * Empty elements are skipped, as RFC 9110 §5.6.1.2 demands of a recipient, but one element at least must be there.
 * @throws HandshakeError 400 `WS_ERR_MALFORMED_HEADER`
 */
export function parseList<Element>(scanner: HeaderScanner, readElement: (scanner: HeaderScanner) => Element): readonly Element[] {
  const elements: Element[] = []
  do {
    if (scanner.isNext(',') || scanner.isAtEnd()) continue
    elements.push(readElement(scanner))
  } while (scanner.accept(','))
  if (!scanner.isAtEnd()) throw scanner.malformed('an unexpected character')
  if (elements.length === 0) throw scanner.malformed('the list is empty')
  return elements
}

/**
 * Reads `1#token`, in the order of the field. Repeated tokens are kept, and so is their case.
 *
 * @param field the field's name, for the message of the error; default `header`
 * @throws HandshakeError 400 `WS_ERR_MALFORMED_HEADER`: an element that is not a token, or no element at all
 */
export function parseTokenList(value: string, field = 'header'): readonly string[] {
  return parseList(new HeaderScanner(value, field), (scanner) => scanner.requireToken())
}

/** Whether a list holds `token`, ASCII case-insensitively. Never throws: elements that are not tokens are passed over. */
export function hasToken(value: string | undefined, token: string): boolean {
  if (value === undefined) return false
  const wanted = token.toLowerCase()
  if (value === wanted || value === token) return true // what nearly everybody sends, without a scan
  const scanner = new HeaderScanner(value, 'header')
  do {
    const isWanted = scanner.readToken().toLowerCase() === wanted
    if (isWanted && (scanner.isNext(',') || scanner.isAtEnd())) return true
  } while (scanner.skipPast(','))
  return false
}
