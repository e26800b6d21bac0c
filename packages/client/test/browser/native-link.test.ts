// The browser's connection over a WebSocket by hand: what no browser does on demand.
import { virtualClock } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { NativeLink, type NativeSocket } from '../../src/browser/native-link.js'
import type { LinkEnd } from '../../src/shared/link.js'

function link() {
  const clock = virtualClock()
  const said: unknown[] = []
  const socket = {
    binaryType: '', protocol: 'chat', extensions: 'x', readyState: 1, bufferedAmount: 0, onopen: null, onmessage: null, onclose: null,
    send(data: unknown) { said.push(['send', data]) },
    close(...args: unknown[]) { said.push(['close', ...args]) },
  } as { -readonly [Name in keyof NativeSocket]: NativeSocket[Name] }
  const made = new NativeLink(socket, clock)
  const ends: LinkEnd[] = []
  const owner = {
    onMessage: (message: unknown) => said.push(['message', message]),
    onPing: () => undefined,
    onPong: () => undefined,
    onReady: () => said.push('ready'),
    onConfirmed: () => undefined,
    onEnd: (end: LinkEnd) => { ends.push(end) },
  }
  return { clock, said, socket, link: made, ends, owner }
}

describe('NativeLink', () => {
  it('waits with the next message while 64 KiB wait in the browser, and asks until they have left', () => {
    const { clock, said, socket, link: made, owner } = link()
    made.start(owner)
    socket.bufferedAmount = 70_000
    made.send('x', {})
    expect(made.canTake).toBe(false)
    clock.advance(100)
    expect(said.splice(0)).toEqual([['send', 'x'], 'ready', 'ready'])
    socket.bufferedAmount = 0
    clock.advance(1_000)
    expect([said, made.canTake, clock.pending]).toEqual([['ready'], true, 0])
  })

  it('an end before its start is told at the start', () => {
    const { socket, link: made, ends, owner } = link()
    socket.onclose?.({ code: 1001, reason: 'bye', wasClean: true })
    made.start(owner)
    expect(ends).toEqual([{ code: 1001, reason: 'bye', clean: true, initiator: 'peer', error: undefined }])
  })

  it('terminate ends it at once, and once', () => {
    const { clock, socket, link: made, ends, owner } = link()
    made.start(owner)
    const { onclose } = socket
    made.send('x', {})
    made.terminate(new Error('enough'))
    onclose?.({ code: 1000, reason: '', wasClean: true })
    expect(ends).toMatchObject([{ code: 1006, clean: false, initiator: 'local', error: { message: 'enough' } }])
    expect([socket.onclose, clock.pending]).toEqual([null, 0])
  })
})
