// The browser's connection over a WebSocket by hand: what no browser does on demand.
import { virtualClock } from '@tocsin/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type NativeSocket, connect } from '../../src/browser/native-link.js'
import type { Link, LinkEnd } from '../../src/shared/link.js'

function connecting() {
  const clock = virtualClock()
  const said: unknown[] = []
  const ends: LinkEnd[] = []
  const links: Link[] = []
  const socket = {
    binaryType: '', protocol: 'chat', extensions: 'x', readyState: 0, bufferedAmount: 0, onopen: null, onmessage: null, onclose: null,
    send(data: unknown) { said.push(['send', data]) },
    close(...args: unknown[]) { said.push(['close', ...args]) },
  } as { -readonly [Name in keyof NativeSocket]: NativeSocket[Name] }
  vi.stubGlobal('WebSocket', function WebSocket(...args: unknown[]) {
    said.push(['connect', ...args])
    return socket
  })
  const cut = connect('ws://a/', {
    clock,
    options: { subprotocols: ['chat'] },
    push: (message) => { said.push(['message', message]) },
    confirm: () => undefined,
    emit: () => undefined,
    onOpen: (link) => { links.push(link) },
    update: () => { said.push('update') },
    onEnd: (end) => { ends.push(end) },
  })
  const open = (): Link => {
    socket.readyState = 1
    socket.onopen?.()
    said.length = 0
    return links[0]!
  }
  return { clock, said, socket, ends, cut, open }
}

afterEach(() => { vi.unstubAllGlobals() })

describe('connect', () => {
  it('asks for the subprotocols, and for bytes as ArrayBuffers', () => {
    const { said, socket, open } = connecting()
    expect([said, socket.binaryType]).toEqual([[['connect', 'ws://a/', ['chat']]], 'arraybuffer'])
    expect(open().status).toMatchObject({ protocol: 'chat', extensions: 'x', readyState: 1 })
  })

  it('without an open there was no connection, and no word on why', () => {
    const { socket, ends } = connecting()
    socket.onclose?.({ code: 1006, reason: '', wasClean: false })
    expect(ends).toMatchObject([{ code: 1006, clean: false, initiator: 'peer', error: { name: 'WebSocketError', code: 'WS_ERR_CONNECT' } }])
  })

  it('hands over texts, and bytes as they say it', () => {
    const { said, socket, open } = connecting()
    const link = open()
    link.send('a', {})
    link.send('ä', { binary: true })
    link.send(Uint8Array.of(0xc3, 0xa4), { text: true })
    link.send(Uint8Array.of(1), {})
    socket.onmessage?.({ data: 'b' })
    socket.onmessage?.({ data: Uint8Array.of(2).buffer })
    expect(said).toEqual([
      ['send', 'a'], ['send', Uint8Array.of(0xc3, 0xa4)], ['send', 'ä'], ['send', Uint8Array.of(1)], ['message', 'b'], ['message', Uint8Array.of(2)],
    ])
  })

  it('asks until what was sent has left, and then no more', () => {
    const { clock, said, socket, open } = connecting()
    open().send('x', {})
    socket.bufferedAmount = 70_000
    clock.advance(100)
    expect(said.splice(0)).toEqual([['send', 'x'], 'update', 'update'])
    socket.bufferedAmount = 0
    clock.advance(1_000)
    expect([said, clock.pending]).toEqual([['update'], 0])
  })

  it('asks a closed one no more, whatever it says of its buffer', () => {
    const { clock, socket, open } = connecting()
    open().send('x', {})
    Object.assign(socket, { bufferedAmount: 1, readyState: 3 })
    clock.advance(50)
    expect(clock.pending).toBe(0)
  })

  it.each(['local', 'peer'] as const)('an end of which the initiator is %s', (initiator) => {
    const { said, socket, ends, open } = connecting()
    const link = open()
    if (initiator === 'local') link.close(3000, 'bye')
    socket.onclose?.({ code: 3000, reason: 'bye', wasClean: true })
    expect(said).toEqual(initiator === 'local' ? [['close', 3000, 'bye']] : [])
    expect(ends).toEqual([{ code: 3000, reason: 'bye', clean: true, initiator, error: undefined }])
  })

  it('cut, it is closed, and says nothing any more', () => {
    const { said, socket, cut, open } = connecting()
    open()
    cut()
    expect([said, socket.onopen, socket.onmessage, socket.onclose]).toEqual([[['close']], null, null, null])
  })
})
