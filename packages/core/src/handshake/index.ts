// The fourth public door, @tocsin/core/handshake: what a client needs of RFC 6455 §4, without a socket.
export type { HeaderRecord } from '../protocol/errors.js'
export { acceptKey } from './accept-key.js'
export { type Extension, type ExtensionOffer, parseExtensions, serializeExtension } from './extensions.js'
export { hasToken } from './header-list.js'
export { isToken } from './header-scanner.js'
export { type FieldLine, type ResponseHeaders, fieldLines, hasField, isFieldText, serializeHead } from './response-fields.js'
export { checkSubprotocolOption } from './subprotocol.js'
