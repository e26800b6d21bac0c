// All targets.
import type { FuzzTarget } from './target.js'
import { client } from './targets/client.js'
import { clientCompressed } from './targets/client-compressed.js'
import { compressed } from './targets/compressed.js'
import { endpoint } from './targets/endpoint.js'
import { frames } from './targets/frames.js'
import { handshake } from './targets/handshake.js'
import { headers } from './targets/headers.js'
import { inflater } from './targets/inflater.js'
import { negotiation } from './targets/negotiation.js'
import { responses } from './targets/responses.js'

export const TARGETS: readonly FuzzTarget[] = [
  frames, headers, handshake, negotiation, inflater, endpoint, compressed, responses, client, clientCompressed,
]
