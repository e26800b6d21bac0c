// Sec-WebSocket-Extensions (RFC 6455 §9.1): the grammar, both ways. Knows no extension in particular.
import { UsageError } from '../protocol/errors.js'
import { parseList } from './header-list.js'
import { HeaderScanner, isToken } from './header-scanner.js'

/** One extension with its parameters, in order. A parameter without a value is `true`. Names are case-sensitive. */
export interface Extension {
  readonly name: string
  readonly parameters: ReadonlyMap<string, string | true>
}

/** One extension as the client offered it. */
export interface ExtensionOffer extends Extension {
  /** Whether a parameter came more than once; `parameters` holds its first value. RFC 7692 §7: such an offer must be declined. */
  readonly repeated: boolean
}

/**
 * Reads the field's value: offers in the client's order of preference.
 *
 * @throws HandshakeError 400 `WS_ERR_MALFORMED_HEADER`. RFC 6455 §9.1: malformed data fails the handshake
 */
export function parseExtensions(value: string): readonly ExtensionOffer[] {
  return parseList(new HeaderScanner(value, 'Sec-WebSocket-Extensions'), readOffer)
}

/** RFC 6455 §9.1: `extension-token *( ";" extension-param )`, with whitespace wherever RFC 2616 §2.1 implies it. */
function readOffer(scanner: HeaderScanner): ExtensionOffer {
  const name = scanner.requireToken()
  const parameters = new Map<string, string | true>()
  let repeated = false
  while (scanner.accept(';')) {
    const parameter = scanner.requireToken()
    const value = scanner.accept('=') ? readParameterValue(scanner) : true
    if (parameters.has(parameter)) repeated = true
    else parameters.set(parameter, value)
  }
  return { name, parameters, repeated }
}

/** RFC 6455 §9.1: `token | quoted-string`; after unescaping, the quoted-string MUST be a token as well. */
function readParameterValue(scanner: HeaderScanner): string {
  if (!scanner.accept('"')) return scanner.requireToken()
  const value = scanner.readQuotedString()
  if (!isToken(value)) throw scanner.malformed('a quoted parameter value must be a token')
  return value
}

/**
 * One extension as it stands in the field. Values are tokens, so quotes are never needed.
 *
 * @throws UsageError `WS_ERR_INVALID_EXTENSION`: a name or a value that is not a token
 */
export function serializeExtension(extension: Extension): string {
  let text = requireToken(extension.name)
  for (const [name, value] of extension.parameters) {
    text += `; ${requireToken(name)}`
    if (value !== true) text += `=${requireToken(value)}`
  }
  return text
}

function requireToken(text: string): string {
  if (typeof text === 'string' && isToken(text)) return text
  throw new UsageError('WS_ERR_INVALID_EXTENSION', 'names and values of extensions must be tokens (RFC 6455 §9.1)')
}
