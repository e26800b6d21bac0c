// The family of errors: whose fault, what to do. The codes are stable, the messages are for people.
import { describe, expect, it } from 'vitest'
import { HandshakeError, ProtocolError, UsageError, WebSocketError } from '../../src/protocol/errors.js'

const fault = { code: 'WS_ERR_OPCODE', message: 'opcode 0x3 is reserved', closeCode: 1002, section: '5.2' }
const refusal = { code: 'WS_ERR_VERSION', message: 'version 8', status: 426, headers: { 'Sec-WebSocket-Version': 13 } }

describe('errors', () => {
  it.each([
    ['ProtocolError', ProtocolError, new ProtocolError(fault)],
    ['UsageError', UsageError, new UsageError('WS_ERR_PAYLOAD', 'no')],
    ['HandshakeError', HandshakeError, new HandshakeError(refusal)],
  ])('%s is a WebSocketError and an Error, and says its own name', (name, kind, error) => {
    expect(error).toBeInstanceOf(kind)
    expect(error).toBeInstanceOf(WebSocketError)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe(name)
    expect(String(error)).toBe(`${name}: ${error.message}`)
    expect(error.stack).toMatch(new RegExp(`^${name}: `))
    expect(error.code).toMatch(/^WS_/)
  })

  it('ProtocolError carries the close code and the section that was broken', () => {
    expect(new ProtocolError(fault)).toMatchObject(fault)
  })

  it('HandshakeError carries the status, the headers and the cause', () => {
    const cause = new Error('database away')
    expect(new HandshakeError({ ...refusal, cause })).toMatchObject({ ...refusal, cause })
    const bare = new HandshakeError({ code: 'WS_ERR_X', message: 'x', status: 400 })
    expect(bare.headers).toEqual({})
    expect('cause' in bare).toBe(false)
  })

  it('WebSocketError passes a cause on', () => {
    const cause = new Error('why')
    expect(new WebSocketError('WS_ERR_X', 'x', { cause }).cause).toBe(cause)
    expect('cause' in new WebSocketError('WS_ERR_X', 'x')).toBe(false)
  })
})
