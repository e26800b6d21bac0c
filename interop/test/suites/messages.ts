// Messages both ways, without compression: texts, bytes, fragments, pings.
import { describe, expect, test, vi } from 'vitest'
import type { Sample } from '../../src/agent.js'
import type { Conversing, Line } from './line.js'

const TEXTS = ['hello', 'grüße, 世界 🌍', '', 'a\u0000b\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}']
/** Around every length that RFC 6455 §5.2 writes in another way. */
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1 << 20]

export function messages(line: Line): void {
  describe('messages', () => {
    contents(line)
    ourFragments(line)
    if (line.client.fragments) fragmentsOfTheClient(line)
    ourPings(line)
    if (line.client.pings) pingsOfTheClient(line)
  })
}

/** What needs no word of the server's. */
export function contents(line: Conversing): void {
  test('texts', async () => {
    const { echo } = await line.open()
    expect(await echo([...TEXTS.map((text) => ({ text })), { text: 'ünï·', times: 50_000 }])).toEqual([])
  })

  test('binary messages, byte for byte', async () => {
    const { echo } = await line.open()
    for (const bytes of SIZES) expect(await echo([{ bytes, of: 'noise' }])).toEqual([])
  })

  test('two hundred at once, of both kinds, in order', async () => {
    const { echo } = await line.open()
    const sample = (index: number): Sample => (index % 3 === 0 ? { bytes: index * 7, of: 'noise' } : { text: `message ${index}` })
    expect(await echo(Array.from({ length: 200 }, (_, index) => sample(index)))).toEqual([])
  })

  test('16 MiB, byte for byte', async () => {
    const { echo } = await line.open()
    expect(await echo([{ bytes: 16 << 20, of: 'noise' }])).toEqual([])
  })
}

function ourFragments(line: Line): void {
  test('fragments of ours, cut within a character, with a Ping between them', async () => {
    const { visit: { connection }, receive } = await line.open()
    const bytes = Buffer.from('grüße 🌍')
    for (let at = 0; at < bytes.length; at++) connection.send(bytes.subarray(at, at + 1), { text: true, fin: at === bytes.length - 1 })
    connection.send(Buffer.from('0102', 'hex'), { fin: false })
    connection.ping('between')
    connection.send(Buffer.from('03', 'hex'))
    expect([await receive(), await receive()]).toEqual([{ text: 'grüße 🌍' }, { hex: '010203' }])
  })
}

function fragmentsOfTheClient(line: Line): void {
  test('fragments of the client', async () => {
    const { echoFragments } = await line.open()
    expect(await echoFragments([{ text: 'grü' }, { text: '' }, { text: 'ße ' }, { text: '🌍' }])).toEqual([])
    expect(await echoFragments([{ bytes: 70_000, of: 'noise' }, { bytes: 1, of: 'noise' }, { bytes: 126, of: 'noise' }])).toEqual([])
  })
}

function ourPings(line: Line): void {
  test('a Ping of ours is answered with its payload', async () => {
    const { visit, echo } = await line.open()
    const payloads = ['', 'are you there?', 'x'.repeat(125)]
    for (const payload of payloads) {
      visit.connection.ping(payload)
      await vi.waitFor(() => expect(visit.pongs.at(-1)).toBe(payload), { timeout: 10_000 })
    }
    expect(visit.pongs).toEqual(payloads)
    expect(await echo([{ text: 'still here' }])).toEqual([])
  })
}

function pingsOfTheClient(line: Line): void {
  test('a Ping of the client is answered with its payload', async () => {
    const { visit, ping } = await line.open()
    expect([await ping('are you there?'), await ping('x'.repeat(125))]).toEqual(['are you there?', 'x'.repeat(125)])
    expect(visit.pings).toEqual(['are you there?', 'x'.repeat(125)])
  })
}
