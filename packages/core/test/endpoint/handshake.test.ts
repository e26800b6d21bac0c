// What a hook is handed, and the three ways to decide.
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { Decision } from '../../src/endpoint/decision.js'
import { Handshake } from '../../src/endpoint/handshake.js'

const handshake = new Handshake({ request: {} as IncomingMessage, subprotocols: ['a'], view: { host: 'h', remoteAddress: '1.2.3.4' }, signalOf: () => new AbortController().signal })

test('facts', () => {
  expect(handshake).toMatchObject({ subprotocols: ['a'], remoteAddress: '1.2.3.4', view: { host: 'h' } })
  expect(handshake.signal.aborted).toBe(false)
})

describe('decisions are values', () => {
  test('accept', () => {
    expect(handshake.accept()).toBeInstanceOf(Decision)
    expect(handshake.accept().outcome).toEqual({ kind: 'accept', data: undefined, options: {}, firesOpen: true })
    expect(handshake.accept({ user: 1 }, { subprotocol: 'a' }).outcome).toEqual({ kind: 'accept', data: { user: 1 }, options: { subprotocol: 'a' }, firesOpen: true })
  })

  test('reject', () => {
    expect(handshake.reject(401, { body: 'no' }).outcome).toEqual({ kind: 'refuse', status: 401, options: { body: 'no' } })
  })

  test('respond: 101 leaves out what the handshake writes itself, and takes the subprotocol', () => {
    const headers = { Upgrade: 'x', CONNECTION: 'x', 'Sec-WebSocket-Accept': 'x', 'sec-websocket-protocol': 'a', 'X-Own': 'yes' }
    expect(handshake.respond({ status: 101, headers, data: 5 }).outcome).toEqual({ kind: 'accept', data: 5, options: { headers: [['X-Own', 'yes']], subprotocol: 'a' }, firesOpen: false })
    expect(handshake.respond({ status: 101, headers: new Map([['X-Own', 'yes']]) }).outcome).toMatchObject({ options: { headers: [['X-Own', 'yes']] } })
  })

  test('respond: anything else refuses', () => {
    expect(handshake.respond({ status: 404, body: 'none' }).outcome).toEqual({ kind: 'refuse', status: 404, options: { headers: {}, body: 'none' } })
  })
})
