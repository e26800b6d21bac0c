// All of them, in the order of the README.
import { pythonServer } from './python.js'
import type { OtherServer } from './server.js'
import { wsServer } from './ws.js'

export const SERVERS: readonly OtherServer[] = [wsServer, pythonServer]
