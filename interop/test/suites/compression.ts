// permessage-deflate (RFC 7692): agreed on by both ends, truly used, and the bytes are the same.
import { describe, expect, test } from 'vitest'
import type { Offer, OpenOptions, Sample } from '../../src/agent.js'
import type { EndpointPath } from '../../src/echo-server.js'
import type { Encounter } from '../../src/stage.js'
import type { Line } from './line.js'

const TEXT = 'grüße, 世界 🌍 '.repeat(400)
const SIZES = [2_000, 65_535, 65_536, 200_000]
const COMPRESSIBLE: Sample[] = SIZES.map((bytes) => ({ bytes, of: 'counter' }))
const PLAIN_BYTES = SIZES.reduce((sum, size) => sum + size)
/** What is short, or does not get shorter; and a text, which may go back in the form in which it came (FEATURES A22). */
const OTHERS: Sample[] = [
  { text: '' }, { text: 'ü' }, { bytes: 0, of: 'noise' }, { bytes: 1, of: 'noise' }, { bytes: 70_000, of: 'noise' }, { text: TEXT },
]

export function compression(line: Line): void {
  describe('compression', () => {
    test('both ways', async () => { await converses(line, '/deflate') })
  })
}

function longest(line: Line): void {
  const { largestInflated } = line.client
  test(`${largestInflated >> 20} MiB`, async () => {
    const { echo, visit } = await line.open('/deflate')
    expect(await echo([{ bytes: largestInflated, of: 'counter' }])).toEqual([])
    expect(visit.connection.info.bytesSent).toBeLessThan(largestInflated / 2)
  })
}

/** Several sets of parameters of ours; and, where the client can choose, every kind of offer against each. */
export function parameters(line: Line): void {
  describe('parameters of compression', () => {
    test.each<[EndpointPath, RegExp]>([
      ['/deflate', /(?=.*server_no_context_takeover)(?=.*client_no_context_takeover)/],
      ['/deflate/takeover', /^permessage-deflate(?!.*no_context_takeover)/],
      ['/deflate/narrow', /(?=.*server_max_window_bits=9)(?=.*client_max_window_bits=9)/],
      ['/deflate/best', /(?=.*server_max_window_bits=12)/],
    ])('%s', async (path, expected) => {
      expect((await converses(line, path)).extensions).toMatch(expected)
    })

    test('a message that would become longer is left as it is', async () => {
      const { visit, echo } = await line.open('/deflate')
      expect(await echo([{ bytes: 20_000, of: 'noise' }])).toEqual([])
      expect(visit.connection.info.bytesSent).toBe(2 + 2 + 20_000)
    })

    longest(line)
    ourFragments(line)
    if (line.client.fragments) fragmentsOfTheClient(line)
    if (line.client.chooses) offers(line)
  })
}

function ourFragments(line: Line): void {
  test('fragments of ours', async () => {
    const { visit: { connection }, receive } = await line.open('/deflate/takeover')
    for (let part = 0; part < 5; part++) connection.send('grüße 🌍 '.repeat(50), { fin: part === 4, compress: true })
    connection.send('short', { compress: false })
    connection.ping('between')
    connection.send('grüße 🌍 '.repeat(50), { compress: true })
    expect(await receive()).toEqual({ text: 'grüße 🌍 '.repeat(250) })
    expect(await receive()).toEqual({ text: 'short' })
    expect(await receive()).toEqual({ text: 'grüße 🌍 '.repeat(50) })
  })
}

function fragmentsOfTheClient(line: Line): void {
  test.each<EndpointPath>(['/deflate', '/deflate/takeover'])('fragments of the client: %s', async (path) => {
    const { echoFragments, visit } = await line.open(path)
    const before = visit.endpoint.stats().messagesInflated
    expect(await echoFragments([{ text: 'grüße', times: 100 }, { text: '' }, { text: '🌍', times: 5_000 }])).toEqual([])
    expect(await echoFragments([{ bytes: 70_000, of: 'counter' }, { bytes: 1, of: 'noise' }, { bytes: 126, of: 'counter' }])).toEqual([])
    expect(visit.endpoint.stats().messagesInflated - before).toBe(2)
  })
}

const OFFERS: Offer[] = [
  {},
  { server_no_context_takeover: true },
  { client_no_context_takeover: true },
  { server_no_context_takeover: true, client_no_context_takeover: true },
  { server_max_window_bits: 10, client_max_window_bits: 10 },
  { server_no_context_takeover: true, client_no_context_takeover: true, server_max_window_bits: 9, client_max_window_bits: 9 },
]

function offers(line: Line): void {
  const paths: EndpointPath[] = ['/deflate', '/deflate/takeover', '/deflate/narrow']
  test.each(OFFERS)('an offer of %o', async (offer) => {
    for (const path of paths) {
      const { extensions } = await converses(line, path, { compression: offer })
      // RFC 7692 §7.1.1.1 and §7.1.2.1: whoever accepts such an offer says so.
      if (offer.server_no_context_takeover === true) expect(extensions).toContain('server_no_context_takeover')
      if (offer.server_max_window_bits !== undefined) expect(windowBitsIn(extensions)).toBeLessThanOrEqual(offer.server_max_window_bits)
    }
  })

  test('no offer: nothing is compressed', async () => {
    const { extensions, visit, echo } = await line.open('/deflate', { compression: false })
    expect([extensions, visit.connection.extensions]).toEqual(['', ''])
    expect(await echo(COMPRESSIBLE)).toEqual([])
    expect(visit.connection.info.bytesSent).toBeGreaterThan(PLAIN_BYTES)
  })
}

function windowBitsIn(extensions: string): number {
  return Number(/server_max_window_bits="?(\d+)/.exec(extensions)?.[1] ?? 15)
}

/** Opens a connection on which all is agreed on, echoed and counted. */
async function converses(line: Line, path: EndpointPath, options?: OpenOptions): Promise<Encounter> {
  const encounter = await line.open(path, options)
  const { extensions, visit, echo, receive } = encounter
  expect(extensions).toMatch(/^permessage-deflate(;|$)/)
  expect(extensions).toBe(visit.connection.extensions)
  const before = visit.endpoint.stats()
  expect(await echo(COMPRESSIBLE)).toEqual([])
  visit.connection.send(TEXT)
  expect(await receive()).toEqual({ text: TEXT })
  const after = visit.endpoint.stats()
  expect(after.messagesDeflated - before.messagesDeflated).toBe(COMPRESSIBLE.length + 1)
  expect(after.messagesInflated - before.messagesInflated).toBe(line.client.compresses ? COMPRESSIBLE.length : 0)

  const { bytesSent, bytesReceived } = visit.connection.info
  expect(bytesSent).toBeLessThan(PLAIN_BYTES / 2)
  if (line.client.compresses) expect(bytesReceived).toBeLessThan(PLAIN_BYTES / 2)
  expect(await echo([...OTHERS, ...COMPRESSIBLE])).toEqual([])
  return encounter
}
