// What a run must show. No check looks at a time. Knows runs, no processes.
import { BAD_CLIENTS } from './bad/index.js'
import type { Tally } from './load/tally.js'
import type { Run } from './run.js'
import { sumOf } from './server/ledger.js'
import type { Reading } from './server/reading.js'

export interface Check {
  readonly name: string
  readonly isMet: boolean
  readonly found: string
}

/** What compiled code, inline caches and lists that have been long may keep. Bytes. */
const HEAP_ALLOWANCE = 8 * 1024 * 1024
/** A slab or two, and zlib states that wait to be used again. */
const BUFFER_ALLOWANCE = 2 * 1024 * 1024
/** The last connection, socket or request may still be in a register, an inline cache or a free list. */
const OBJECT_ALLOWANCE = 3

export function isBackAtStart(before: Reading, after: Reading): boolean {
  return [isEmpty(after), hasSameHandles(before, after), hasNoObjects(before, after), isMemoryBack(before, after)].every(Boolean)
}

export function judge(run: Run): Check[] {
  const { before, after, good, idle } = run
  return [
    tallyCheck('good clients lose nothing and keep their order', good),
    tallyCheck('idle clients lose nothing and keep their order', idle),
    outcomesCheck(run),
    booksCheck(run),
    check('no error, nothing on stderr', run.errorCount === 0 && run.complaint === '', run.errors[0] ?? firstLine(run.complaint)),
    check('connections, handshakes and topics are gone', isEmpty(after), emptinessInWords(after)),
    check('handles are those of the start', hasSameHandles(before, after), `${inWords(before.handles)}; at the end ${inWords(after.handles)}`),
    check('no object of a connection is left', hasNoObjects(before, after), `${inWords(before.objects)}; at the end ${inWords(after.objects)}`),
    check('memory is back', isMemoryBack(before, after), memoryInWords(before, after)),
  ]
}

function check(name: string, isMet: boolean, found: string): Check {
  return { name, isMet, found }
}

function tallyCheck(name: string, { clients, connected, received, lost, disordered, corrupt }: Tally): Check {
  const isMet = connected === clients && lost === 0 && disordered === 0 && corrupt === 0 && (clients === 0 || received > 0)
  return check(name, isMet, inWords({ clients, connected, received, lost, 'out of order': disordered, corrupt }))
}

/** What the server did to bad clients is what core promises. */
function outcomesCheck({ plan, outcomes }: Run): Check {
  const surprises = plan.kinds.flatMap((kind) => {
    const { allows } = BAD_CLIENTS.find(({ name }) => name === kind)!
    const found = Object.entries(outcomes[kind] ?? {})
    if (found.length === 0) return [`${kind}: never came`]
    return found.filter(([outcome]) => !allows.includes(outcome)).map(([outcome, times]) => `${kind}: ${outcome} (${times} times)`)
  })
  return check('each bad client gets what it is due', surprises.length === 0, surprises.join('; ') || `${attacksOf(outcomes)} attacks`)
}

export function attacksOf(outcomes: Run['outcomes']): number {
  return Object.values(outcomes).reduce((sum, counts) => sum + sumOf(counts), 0)
}

/** Every connection that was announced to the application is also over for it, once. */
function booksCheck({ ledger, after: { stats } }: Run): Check {
  const entries = Object.values(ledger)
  const accepted = entries.reduce((sum, entry) => sum + entry.accepted, 0)
  const closed = entries.reduce((sum, entry) => sum + sumOf(entry.closed), 0)
  const isMet = accepted === closed && stats.accepted === accepted && stats.closed === closed
  return check('each `open` has one `close`', isMet, `${accepted} open, ${closed} close; stats: ${stats.accepted} accepted, ${stats.closed} closed`)
}

function isEmpty({ stats: { connections, unauthenticated, pendingHandshakes, topics } }: Reading): boolean {
  return connections === 0 && unauthenticated === 0 && pendingHandshakes === 0 && topics === 0
}

function emptinessInWords({ stats: { connections, unauthenticated, pendingHandshakes, topics } }: Reading): string {
  return inWords({ connections, unauthenticated, 'pending handshakes': pendingHandshakes, topics })
}

function hasSameHandles(before: Reading, after: Reading): boolean {
  return Object.entries(after.handles).every(([kind, count]) => count <= (before.handles[kind] ?? 0))
}

function hasNoObjects({ objects: before }: Reading, { objects: after }: Reading): boolean {
  return (Object.keys(after) as (keyof typeof after)[]).every((kind) => after[kind] <= before[kind] + OBJECT_ALLOWANCE)
}

function isMemoryBack(before: Reading, after: Reading): boolean {
  return after.heapUsed <= before.heapUsed + HEAP_ALLOWANCE && after.arrayBuffers <= before.arrayBuffers + BUFFER_ALLOWANCE
}

function memoryInWords(before: Reading, after: Reading): string {
  const change = (kind: 'heapUsed' | 'arrayBuffers' | 'rss'): string => `${mebibytes(before[kind])} to ${mebibytes(after[kind])} MiB`
  return `heap ${change('heapUsed')}, buffers ${change('arrayBuffers')}; RSS, which is not judged, ${change('rss')}`
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}

export function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`).join(', ') || 'none'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] || 'nothing'
}
