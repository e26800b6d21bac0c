// All cases, theme by theme, in the order of the committed table.
import type { Theme } from './case.js'
import { closing } from './cases/closing.js'
import { fragmentation } from './cases/fragmentation.js'
import { framing } from './cases/framing.js'
import { handshake } from './cases/handshake.js'
import { masking } from './cases/masking.js'
import { pings } from './cases/pings.js'
import { reservedBits, reservedOpcodes } from './cases/reserved.js'
import { utf8 } from './cases/utf8.js'

export const THEMES: readonly Theme[] = [handshake, framing, masking, reservedBits, reservedOpcodes, fragmentation, pings, utf8, closing]
