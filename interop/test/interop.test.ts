// Every client on every way, over ws and wss: all of the conversation on one scheme of each way, the gist of it on the other.
import { describe } from 'vitest'
import { CLIENTS } from '../src/clients/index.js'
import { PROXIES } from '../src/proxies/index.js'
import { Proxy } from '../src/proxies/proxy.js'
import { closing } from './suites/closing.js'
import { compression, parameters } from './suites/compression.js'
import { gist } from './suites/gist.js'
import { handshake } from './suites/handshake.js'
import type { Line } from './suites/line.js'
import { messages } from './suites/messages.js'
import { idling, losing, translating } from './suites/proxy.js'
import { openWorld } from './suites/world.js'

const world = openWorld()
const lines = CLIENTS.flatMap((client) => PROXIES.map((kind) => ({
  client,
  kind,
  isAvailable: client.isAvailable && Proxy.isAvailable(kind),
  plain: world.line(client, 'http', kind),
  secure: world.line(client, 'https', kind),
})))
// Silent from before the first test on; the wait for a proxy's patience to end costs nothing.
const idle = idling(lines.filter(({ isAvailable }) => isAvailable).map(({ secure }) => secure))

for (const client of CLIENTS) {
  describe.skipIf(!client.isAvailable)(`${client.name}, directly`, () => {
    describe('ws', () => everything(world.line(client, 'http')))
    describe('wss', () => gist(world.line(client, 'https')))
    parameters(world.line(client, 'http'))
  })
}

for (const { client, kind, isAvailable, plain, secure } of lines) {
  describe.skipIf(!isAvailable)(`${client.name}, through ${kind.name}`, () => {
    describe('ws', () => gist(plain))
    describe('wss', () => everything(secure))
    if (kind.http2) translating(secure)
    idle.survive(secure)
  })
}

for (const kind of PROXIES) {
  const served = lines.filter((each) => each.kind === kind && each.isAvailable)
  describe.skipIf(!Proxy.isAvailable(kind))(`${kind.name} is killed`, () => {
    losing(served.flatMap(({ plain, secure }) => [plain, secure]), () => world.proxy(kind))
  })
}

function everything(line: Line): void {
  for (const suite of [handshake, messages, closing, compression]) suite(line)
}
