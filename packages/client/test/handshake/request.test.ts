import { describe, expect, it } from 'vitest'
import { type RequestInit, ownLines, serializeRequest } from '../../src/handshake/request.js'
import { parseTarget } from '../../src/handshake/target.js'

const target = parseTarget('ws://example.com:8080/chat?a=1')
const NOTHING: RequestInit = { headers: {}, origin: undefined, subprotocols: [], extensions: undefined }
const text = (init: Partial<RequestInit> = {}, to = target): string => serializeRequest(to, { ...NOTHING, ...init }).bytes.toString('latin1')

describe('serializeRequest (RFC 6455 §4.1)', () => {
  it('writes what the RFC demands, and nothing else', () => {
    const { key, bytes } = serializeRequest(target, NOTHING)
    expect(bytes.toString('latin1')).toBe([
      'GET /chat?a=1 HTTP/1.1', 'Host: example.com:8080', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', '',
    ].join('\r\n'))
  })

  it('§4.1(7): the key is 16 bytes of base64, another one each time', () => {
    const keys = Array.from({ length: 100 }, () => serializeRequest(target, NOTHING).key)
    expect(new Set(keys).size).toBe(100)
    for (const key of keys) expect(Buffer.from(key, 'base64').toString('base64')).toBe(key)
    for (const key of keys) expect(Buffer.from(key, 'base64')).toHaveLength(16)
  })

  it('writes origin, subprotocols, extensions and headers', () => {
    const headers = { Cookie: 'a=1', 'X-List': ['1', '2'] }
    const lines = text({ headers, origin: 'https://example.com', subprotocols: ['chat', 'superchat'], extensions: 'permessage-deflate' }).split('\r\n')
    expect(lines).toEqual(expect.arrayContaining([
      'Origin: https://example.com', 'Sec-WebSocket-Protocol: chat, superchat', 'Sec-WebSocket-Extensions: permessage-deflate', 'Cookie: a=1', 'X-List: 1', 'X-List: 2',
    ]))
  })

  it('takes a Map and Headers as well', () => {
    expect(text({ headers: new Map([['X-A', '1']]) })).toContain('X-A: 1\r\n')
    expect(text({ headers: new Headers({ 'X-A': '1' }) })).toContain('x-a: 1\r\n')
  })

  it('credentials of the URL are a header, unless there is one', () => {
    const withUser = parseTarget('ws://ada:pw@example.com/')
    expect(text({}, withUser)).toContain(`Authorization: Basic ${btoa('ada:pw')}\r\n`)
    expect(text({ headers: { authorization: 'Bearer x' } }, withUser)).not.toContain('Basic')
  })

  it.each([
    ['a value with CR LF', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'WS_ERR_INVALID_HEADER'],
    ['a value with LF', { headers: { 'X-A': 'a\nb' } }, 'WS_ERR_INVALID_HEADER'],
    ['a value with NUL', { headers: { 'X-A': 'a\0b' } }, 'WS_ERR_INVALID_HEADER'],
    ['a name with CR LF', { headers: { 'X-A\r\nX-B': 'a' } }, 'WS_ERR_INVALID_HEADER'],
    ['an origin with CR LF', { origin: 'https://a\r\nX-B: b' }, 'WS_ERR_INVALID_HEADER'],
    ['a subprotocol with CR LF', { subprotocols: ['a\r\nX-B: b'] }, 'WS_ERR_INVALID_SUBPROTOCOL'],
    ['a subprotocol twice (§4.1(10))', { subprotocols: ['a', 'a'] }, 'WS_ERR_INVALID_SUBPROTOCOL'],
  ])('refuses %s', (_, init, code) => {
    expect(() => text(init)).toThrow(expect.objectContaining({ name: 'UsageError', code }))
  })

  it.each([
    ['Host', 'lookup'], ['origin', 'option `origin`'], ['Sec-WebSocket-Protocol', 'option `subprotocols`'], ['sec-websocket-extensions', 'option `compression`'],
    ['Sec-WebSocket-Key', 'each attempt'], ['Sec-WebSocket-Version', '13'], ['Upgrade', 'handshake'], ['Connection', 'handshake'], ['Content-Length', 'no body'],
  ])('refuses %s, and says what to do', (name, advice) => {
    expect(() => ownLines({ [name]: 'x' })).toThrow(expect.objectContaining({ code: 'WS_ERR_RESERVED_HEADER', message: expect.stringContaining(advice) as string }))
  })
})
