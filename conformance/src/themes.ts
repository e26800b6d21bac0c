// All cases, theme by theme, in the order of the committed table.
import type { Theme } from './case.js'
import { closingOfClient } from './cases/rfc6455/client/closing.js'
import { answersRight } from './cases/rfc6455/client/right.js'
import { sending } from './cases/rfc6455/client/sending.js'
import { answersWrong } from './cases/rfc6455/client/wrong.js'
import { closing } from './cases/rfc6455/closing.js'
import { fragmentation } from './cases/rfc6455/fragmentation.js'
import { framing } from './cases/rfc6455/framing.js'
import { handshakeAccepted } from './cases/rfc6455/handshake/accepted.js'
import { handshakeRefused } from './cases/rfc6455/handshake/refused.js'
import { limits } from './cases/rfc6455/limits.js'
import { masking } from './cases/rfc6455/masking.js'
import { pings } from './cases/rfc6455/pings.js'
import { reservedBits, reservedOpcodes } from './cases/rfc6455/reserved.js'
import { tcp } from './cases/rfc6455/tcp.js'
import { utf8Invalid } from './cases/rfc6455/utf8/invalid.js'
import { utf8Valid } from './cases/rfc6455/utf8/valid.js'
import { answersOfServer } from './cases/rfc7692/answers.js'
import { blocks } from './cases/rfc7692/blocks.js'
import { context } from './cases/rfc7692/context.js'
import { compressedFragments } from './cases/rfc7692/fragments.js'
import { badData, compressedText, compressionLimits, misplacedBits } from './cases/rfc7692/invalid.js'
import { negotiation, negotiationOfSeveral } from './cases/rfc7692/negotiation.js'
import { parameters, sizes } from './cases/rfc7692/parameters.js'
import { responses } from './cases/rfc7692/responses.js'

export const THEMES: readonly Theme[] = [
  handshakeAccepted, handshakeRefused, answersRight, answersWrong, sending,
  framing, masking, reservedBits, reservedOpcodes, fragmentation, pings, utf8Valid, utf8Invalid, limits, tcp, closing, closingOfClient,
  negotiation, negotiationOfSeveral, responses, parameters, sizes, context, answersOfServer, compressedFragments, blocks, misplacedBits,
  badData, compressedText, compressionLimits,
]
