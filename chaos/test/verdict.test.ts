import { expect, test } from 'vitest'
import type { Run } from '../src/run.js'
import { judge } from '../src/verdict.js'
import { reading, run } from './support.js'

const unmet = (changed: Partial<Run>): string[] => judge({ ...run, ...changed }).filter(({ isMet }) => !isMet).map(({ name }) => name)
const after = (changed: Partial<Run['after']>): Partial<Run> => ({ after: { ...reading, ...changed } })
const stats = (changed: Partial<Run['after']['stats']>): Partial<Run> => after({ stats: { ...reading.stats, ...changed } })
const { good, idle } = run

test('a run that went well meets every check', () => {
  expect(unmet({})).toEqual([])
})

const GOOD = 'good clients lose nothing and keep their order'
const IDLE = 'idle clients lose nothing and keep their order'
const DUE = 'each bad client gets what it is due'
const BOOKS = 'each `open` has one `close`'
const GONE = 'connections, handshakes and topics are gone'
const HANDLES = 'handles are those of the start'
const OBJECTS = 'no object of a connection is left'
const MEMORY = 'memory is back'
const ERRORS = 'no error, nothing on stderr'

test.each<[string, Partial<Run>, string]>([
  ['a message is lost', { good: { ...good, lost: 1 } }, GOOD],
  ['one comes late', { good: { ...good, disordered: 1 } }, GOOD],
  ['one is not what was sent', { good: { ...good, corrupt: 1 } }, GOOD],
  ['a good client is cut', { good: { ...good, connected: 0 } }, GOOD],
  ['nothing is delivered at all', { good: { ...good, received: 0 } }, GOOD],
  ['an idle client is cut', { idle: { ...idle, connected: 0 } }, IDLE],
  ['a bad client is served', { outcomes: { 'garbage-after': { served: 1 } } }, DUE],
  ['an attack cannot be made', { outcomes: { 'garbage-after': { 'close 1002': 5, 'failed: no TCP connection': 1 } } }, DUE],
  ['a bad client never comes', { outcomes: {} }, DUE],
  ['a `close` is missing', { ledger: { good: { accepted: 3, closed: { 1000: 2 }, refused: {} } } }, BOOKS],
  ['a handler is told of an error', { errorCount: 1, errors: ['Error: x'] }, ERRORS],
  ['something is written to stderr', { complaint: 'a warning' }, ERRORS],
  ['a connection is counted still', stats({ connections: 1 }), GONE],
  ['a handshake is pending still', stats({ pendingHandshakes: 1 }), GONE],
  ['a topic is left', stats({ topics: 1 }), GONE],
  ['a timer is left', after({ handles: { TCPServerWrap: 1, Timeout: 1 } }), HANDLES],
  ['connections are reachable', after({ objects: { connections: 4, sockets: 1, requests: 0 } }), OBJECTS],
  ['requests are reachable', after({ objects: { connections: 0, sockets: 1, requests: 4 } }), OBJECTS],
  ['the heap has grown', after({ heapUsed: reading.heapUsed + 9 * 2 ** 20 }), MEMORY],
  ['buffers are held', after({ arrayBuffers: reading.arrayBuffers + 3 * 2 ** 20 }), MEMORY],
])('%s', (_what, changed, name) => {
  expect(unmet(changed)).toEqual([name])
})
