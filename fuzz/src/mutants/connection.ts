// Mistakes in the opening handshake and in a connection's dealing with frames: RFC 6455 §4, §5.5, §7, §9.
import { mutantsOf } from './mutant.js'

const EXTENSIONS = 'handshake/extensions.ts'
const RECEIVER = 'connection/receiver.ts'
const LIST = 'handshake/header-list.ts'

export const CONNECTION_MUTANTS = mutantsOf([
  [EXTENSIONS, '9.1', 'a quoted value that is no token',
    "if (!isToken(value)) throw scanner.malformed('a quoted",
    "if (false) throw scanner.malformed('a quoted"],
  [EXTENSIONS, '9.1', 'a parameter without a name',
    'const parameter = scanner.requireToken()',
    'const parameter = scanner.readToken()'],
  [LIST, '9.1', 'what stands behind a list',
    "if (!scanner.isAtEnd()) throw scanner.malformed('an unexpected",
    "if (false) throw scanner.malformed('an unexpected"],
  [LIST, 'RFC 9110 §5.6.1.2', 'empty elements of a list',
    "if (scanner.isNext(',') || scanner.isAtEnd()) continue",
    'if (scanner.isAtEnd()) continue'],
  ['handshake/header-scanner.ts', '9.1', 'a quoted string that is not closed',
    "if (Number.isNaN(code)) throw this.malformed('a quoted string is not closed')",
    'if (Number.isNaN(code)) return content + this.#text.slice(start)'],
  [RECEIVER, '5.3', 'control payloads stay masked',
    'applyMask(bytes, sliceStart, sliceEnd, parser.maskingKey)',
    ''],
])
