import { resolveCompression } from '@tocsin/core/compression'
import { acceptKey } from '@tocsin/core/handshake'
import { describe, expect, it } from 'vitest'
import { type Asked, checkResponse } from '../../src/handshake/response-check.js'
import { parseResponseHead } from '../../src/handshake/response-head.js'

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const PLAIN: Asked = { key, subprotocols: [], compression: undefined }
const GOOD = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }

function check(fields: Record<string, string | string[] | undefined> = {}, asked: Partial<Asked> = {}): ReturnType<typeof checkResponse> {
  const lines = Object.entries({ ...GOOD, ...fields }).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}`)))
  return checkResponse(parseResponseHead(['HTTP/1.1 101 Switching Protocols', ...lines].join('\r\n')), { ...PLAIN, ...asked })
}

describe('checkResponse (RFC 6455 §4.1)', () => {
  it('takes the example of the RFC', () => {
    expect(acceptKey(key)).toBe(GOOD['Sec-WebSocket-Accept'])
    expect(check()).toEqual({ protocol: '', extensions: '', compression: undefined })
  })

  it.each([
    ['WebSocket in another case', { Upgrade: 'WebSocket' }],
    ['more than Upgrade', { Connection: 'keep-alive, UPGRADE' }],
    ['whitespace around the answer', { 'Sec-WebSocket-Accept': '  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\t' }],
  ])('takes %s', (_, fields) => {
    expect(check(fields).protocol).toBe('')
  })

  it.each([
    ['(2)', 'no Upgrade', { Upgrade: undefined }],
    ['(2)', 'another Upgrade', { Upgrade: 'h2c' }],
    ['(2)', 'Upgrade twice', { Upgrade: ['websocket', 'websocket'] }],
    ['(3)', 'no Connection', { Connection: undefined }],
    ['(3)', 'a Connection without Upgrade', { Connection: 'keep-alive, upgrades' }],
    ['(4)', 'no Accept', { 'Sec-WebSocket-Accept': undefined }],
    ['(4)', 'another Accept', { 'Sec-WebSocket-Accept': acceptKey('AAAAAAAAAAAAAAAAAAAAAA==') }],
    ['(4)', 'an Accept in another case', { 'Sec-WebSocket-Accept': GOOD['Sec-WebSocket-Accept'].toLowerCase() }],
    ['(4)', 'Accept twice', { 'Sec-WebSocket-Accept': [GOOD['Sec-WebSocket-Accept'], GOOD['Sec-WebSocket-Accept']] }],
    ['(6)', 'a subprotocol that was not asked for', { 'Sec-WebSocket-Protocol': 'chat' }],
    ['(6)', 'an empty subprotocol', { 'Sec-WebSocket-Protocol': '' }],
  ])('§4.1%s refuses %s', (rule, _, fields) => {
    expect(() => check(fields)).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'WS_ERR_HANDSHAKE', message: expect.stringContaining(`§4.1${rule}`) as string }))
  })

  it('§4.1(6): one of the subprotocols, exactly, or none', () => {
    const subprotocols = ['chat', 'superchat']
    expect(check({ 'Sec-WebSocket-Protocol': 'superchat' }, { subprotocols }).protocol).toBe('superchat')
    expect(check({}, { subprotocols }).protocol).toBe('')
    for (const wrong of ['Chat', 'chat, superchat', 'other']) expect(() => check({ 'Sec-WebSocket-Protocol': wrong }, { subprotocols })).toThrow(/§4.1\(6\)/)
  })

  it('checks in the order of the RFC', () => {
    const broken = { Upgrade: 'x', Connection: 'x', 'Sec-WebSocket-Accept': 'x', 'Sec-WebSocket-Protocol': 'x' }
    expect(() => check(broken)).toThrow(/\(2\)/)
    expect(() => check({ ...broken, Upgrade: 'websocket' })).toThrow(/\(3\)/)
    expect(() => check({ ...broken, Upgrade: 'websocket', Connection: 'upgrade' })).toThrow(/\(4\)/)
  })

  describe('§4.1(5), extensions', () => {
    const compression = resolveCompression({ serverMaxWindowBits: 12, clientMaxWindowBits: 11 })
    const FLAGS = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'

    it('takes what keeps to the offer', () => {
      const agreed = check({ 'Sec-WebSocket-Extensions': `${FLAGS}; server_max_window_bits=10` }, { compression })
      expect(agreed.compression).toEqual({ serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 11 })
      expect(check({}, { compression }).compression).toBeUndefined()
    })

    it.each([
      ['one that was not offered', FLAGS, undefined],
      ['an unknown one', 'x-webkit-deflate-frame', compression],
      ['one of ours twice', `${FLAGS}; server_max_window_bits=12, ${FLAGS}; server_max_window_bits=12`, compression],
      ['a larger window of the server', `${FLAGS}; server_max_window_bits=15`, compression],
      ['no window of the server', FLAGS, compression],
      ['a larger window of ours', `${FLAGS}; server_max_window_bits=12; client_max_window_bits=15`, compression],
      ['7 bits', `${FLAGS}; server_max_window_bits=7`, compression],
      ['16 bits', `${FLAGS}; server_max_window_bits=16`, compression],
      ['bits with a leading zero', `${FLAGS}; server_max_window_bits=010`, compression],
      ['bits without a value', `${FLAGS}; server_max_window_bits=12; client_max_window_bits`, compression],
      ['a parameter twice', `${FLAGS}; server_max_window_bits=12; server_max_window_bits=12`, compression],
      ['an unknown parameter', `${FLAGS}; server_max_window_bits=12; x=1`, compression],
      ['a context that we did not allow', 'permessage-deflate; server_max_window_bits=12', compression],
      ['what is no list', ';;', compression],
      ['an open quote', `${FLAGS}; server_max_window_bits="12`, compression],
    ])('refuses %s', (_, extensions, policy) => {
      expect(() => check({ 'Sec-WebSocket-Extensions': extensions }, { compression: policy })).toThrow(expect.objectContaining({ name: 'ProtocolError' }))
    })
  })
})
