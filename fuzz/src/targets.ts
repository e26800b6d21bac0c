// All targets.
import type { FuzzTarget } from './target.js'
import { endpoint } from './targets/endpoint.js'
import { frames } from './targets/frames.js'
import { handshake } from './targets/handshake.js'
import { headers } from './targets/headers.js'

export const TARGETS: readonly FuzzTarget[] = [frames, headers, handshake, endpoint]
