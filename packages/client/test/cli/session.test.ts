// A session over an in-memory connection, its input and output by hand.
import { PassThrough } from 'node:stream'
import { WebSocketEndpoint } from '@tocsin/core'
import { injectSocket, settle } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { type Arguments, readArguments } from '../../src/cli/arguments.js'
import { runSession } from '../../src/cli/session.js'

function session(args: readonly string[] = [], { isTTY = false, interrupt = undefined as AbortSignal | undefined } = {}) {
  const endpoint = new WebSocketEndpoint({ subprotocols: ['chat'] })
  endpoint.on('open', (connection) => { connection.send('welcome') })
  endpoint.on('message', (connection, message) => {
    if (message === 'bye') connection.close(4000, 'bye')
    else connection.send(message)
  })
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = Object.assign(new PassThrough(), { isTTY })
  let text = ''
  output.on('data', (chunk: Buffer) => { text += String(chunk) })
  const parsed = readArguments(['ws://a/', ...args], '1.0.0') as Arguments
  const ended = runSession(parsed, { input, output, hasColors: false, ...(interrupt && { interrupt }) }, { connect: () => injectSocket(endpoint) })
  return { input, output, ended, lines: () => text.split('\n').filter((line) => line !== ''), text: () => text }
}

describe('a pipe', () => {
  it('sends its lines, shows the answers, and ends with 0', async () => {
    const { input, ended, lines } = session(['-s', 'chat'])
    input.end('one\n/ping\n')
    expect(await ended).toBe(0)
    expect(lines()).toEqual(['connected to ws://a/ (chat)', '< welcome', '< one', '< /ping', 'closed: 1000 (normal closure)'])
  })

  it('of a megabyte and more, all of it', async () => {
    const { input, ended, lines } = session()
    for (let count = 0; count < 300; count++) input.write(`${`${count}`.padEnd(10_000, '.')}\n`)
    input.end()
    expect(await ended).toBe(0)
    expect(lines().filter((line) => line.startsWith('< ') && line.endsWith('.'))).toHaveLength(300)
  })

  it('an end that the server did not like ends with 1', async () => {
    const { input, ended, lines } = session()
    input.write('bye\n')
    expect(await ended).toBe(1)
    expect(lines().at(-1)).toBe('closed: 4000 bye')
  })

  it('Ctrl+C closes it as it should be', async () => {
    const interrupt = new AbortController()
    const { ended, lines } = session([], { interrupt: interrupt.signal })
    await settle(20)
    interrupt.abort()
    expect([await ended, lines().at(-1)]).toEqual([0, 'closed: 1000 (normal closure)'])
  })

  it('whose reader has left ends it', async () => {
    const { output, ended } = session()
    await settle(20)
    output.destroy(new Error('write EPIPE'))
    expect(await ended).toBe(1)
  })

  it('as JSON', async () => {
    const { input, ended, lines } = session(['--json'])
    input.end('one\n')
    await ended
    expect(lines().map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['open', 'message', 'message', 'close'])
  })
})

describe('a terminal', () => {
  it('has commands', async () => {
    const { input, ended, text } = session([], { isTTY: true })
    await settle(20)
    for (const line of ['hello', '/ping x', `/ping ${'x'.repeat(126)}`, '//slash', '/nonsense', '/close 999', '/close 4001 that is all']) {
      input.write(`${line}\n`)
      await settle(20)
    }
    expect(await ended).toBe(0)
    for (const expected of ['< welcome', '< hello', 'pong x', 'error: a Ping carries', '< /slash', 'there is /ping', 'error: close code must be', 'closed: 4001']) expect(text()).toContain(expected)
  })
})
