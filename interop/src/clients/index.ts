// All clients, in the order of the README's table.
import { chromium } from './chromium.js'
import type { Client } from './client.js'
import { node } from './node.js'
import { python } from './python.js'
import { tocsin } from './tocsin.js'
import { ws } from './ws.js'

export const CLIENTS: readonly Client[] = [tocsin, chromium, ws, node, python]
