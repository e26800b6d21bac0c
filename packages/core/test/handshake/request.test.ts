import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { isWebSocketUpgrade, parseOpeningHandshake, type HandshakeRequest } from '../../src/handshake/request.js'
import { serializeResponse } from '../../src/handshake/response.js'
import { HandshakeError } from '../../src/protocol/errors.js'
import { refusalOf } from './support/thrown.js'
import { handshakeRequest, SAMPLE_KEY, type Headers } from './support/valid-request.js'

describe('a valid opening handshake', () => {
  it('RFC 6455 §1.2: reads the example of the RFC', () => {
    const handshake = parseOpeningHandshake(handshakeRequest({
      host: 'server.example.com', origin: 'http://example.com', 'sec-websocket-protocol': 'chat, superchat',
    }))
    expect(handshake).toEqual({ key: SAMPLE_KEY, subprotocols: ['chat', 'superchat'], extensions: [] })
  })

  it.each<[string, Headers]>([
    ['Upgrade in another case', { upgrade: 'WebSocket' }],
    ['Upgrade among others', { upgrade: 'h2c, websocket' }],
    ['Connection as Firefox sends it', { connection: 'keep-alive, Upgrade' }],
    ['Connection in lower case', { connection: 'upgrade' }],
    ['fields as arrays of one', { host: ['a'], 'sec-websocket-key': [SAMPLE_KEY], 'sec-websocket-version': ['13'] }],
    ['an IPv6 host', { host: '[::1]:3000' }],
    ['Content-Length: 0', { 'content-length': '0' }],
    ['unknown fields, RFC 6455 §4.2.1(10)', { cookie: 'a=b', authorization: 'Basic x', '': '', __proto__x: '1' }],
    ['a null origin, which is not judged here', { origin: 'null' }],
  ])('passes with %s', (_name, headers) => {
    expect(parseOpeningHandshake(handshakeRequest(headers)).key).toBe(SAMPLE_KEY)
  })

  it('RFC 6455 §11.3.2, §11.3.4: lists may come in several fields', () => {
    const { subprotocols, extensions } = parseOpeningHandshake(handshakeRequest({
      'sec-websocket-protocol': ['a', 'b, c'], 'sec-websocket-extensions': ['x; y=1', 'z'],
    }))
    expect(subprotocols).toEqual(['a', 'b', 'c'])
    expect(extensions.map(({ name }) => name)).toEqual(['x', 'z'])
  })

  it.each([[1, 2], [2, 0], [3, 0]])('RFC 6455 §4.2.1(1): HTTP/1.1 or higher: %i.%i', (httpVersionMajor, httpVersionMinor) => {
    parseOpeningHandshake(handshakeRequest({}, { httpVersionMajor, httpVersionMinor }))
  })
})

describe('RFC 6455 §4.2.1: what is missing, repeated, empty or wrong', () => {
  const key2 = `${SAMPLE_KEY}, ${SAMPLE_KEY}`
  it.each<[string, Headers, string]>([
    ['(2) no Host', { host: undefined }, 'WS_ERR_INVALID_HOST'],
    ['(2) empty Host', { host: '' }, 'WS_ERR_INVALID_HOST'],
    ['(2) two Hosts', { host: ['a', 'b'] }, 'WS_ERR_REPEATED_HEADER'],
    ['(2) two Hosts, joined', { host: 'a, b' }, 'WS_ERR_INVALID_HOST'],
    ['(2) Host with user information', { host: 'a@b' }, 'WS_ERR_INVALID_HOST'],
    ['(3) no Upgrade', { upgrade: undefined }, 'WS_ERR_INVALID_UPGRADE'],
    ['(3) empty Upgrade', { upgrade: '' }, 'WS_ERR_INVALID_UPGRADE'],
    ['(3) another Upgrade', { upgrade: 'h2c' }, 'WS_ERR_INVALID_UPGRADE'],
    ['(3) Upgrade with a part of the token', { upgrade: 'websockets' }, 'WS_ERR_INVALID_UPGRADE'],
    ['(4) no Connection', { connection: undefined }, 'WS_ERR_INVALID_CONNECTION'],
    ['(4) empty Connection', { connection: '' }, 'WS_ERR_INVALID_CONNECTION'],
    ['(4) Connection without the token', { connection: 'keep-alive, upgrades' }, 'WS_ERR_INVALID_CONNECTION'],
    ['(5) no key', { 'sec-websocket-key': undefined }, 'WS_ERR_INVALID_KEY'],
    ['(5) empty key', { 'sec-websocket-key': '' }, 'WS_ERR_INVALID_KEY'],
    ['(5) short key', { 'sec-websocket-key': 'AAAA' }, 'WS_ERR_INVALID_KEY'],
    ['(5) key that is not canonical', { 'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEC==' }, 'WS_ERR_INVALID_KEY'],
    ['(5) two keys, joined', { 'sec-websocket-key': key2 }, 'WS_ERR_INVALID_KEY'],
    ['(5) two keys', { 'sec-websocket-key': [SAMPLE_KEY, SAMPLE_KEY] }, 'WS_ERR_REPEATED_HEADER'],
    ['(6) no version', { 'sec-websocket-version': undefined }, 'WS_ERR_INVALID_VERSION'],
    ['(6) empty version', { 'sec-websocket-version': '' }, 'WS_ERR_INVALID_VERSION'],
    ['(6) two versions, joined', { 'sec-websocket-version': '13, 13' }, 'WS_ERR_INVALID_VERSION'],
    ['(6) two different versions, joined', { 'sec-websocket-version': '8, 13' }, 'WS_ERR_INVALID_VERSION'],
    ['(6) two versions', { 'sec-websocket-version': ['13', '13'] }, 'WS_ERR_REPEATED_HEADER'],
    ['(8) empty Sec-WebSocket-Protocol', { 'sec-websocket-protocol': '' }, 'WS_ERR_MALFORMED_HEADER'],
    ['(8) malformed Sec-WebSocket-Protocol', { 'sec-websocket-protocol': 'a b' }, 'WS_ERR_MALFORMED_HEADER'],
    ['(8) a subprotocol twice', { 'sec-websocket-protocol': ['a', 'a'] }, 'WS_ERR_REPEATED_SUBPROTOCOL'],
    ['(9) empty Sec-WebSocket-Extensions', { 'sec-websocket-extensions': '' }, 'WS_ERR_MALFORMED_HEADER'],
    ['(9) malformed Sec-WebSocket-Extensions', { 'sec-websocket-extensions': 'a; b="c d"' }, 'WS_ERR_MALFORMED_HEADER'],
    ['a body by length', { 'content-length': '5' }, 'WS_ERR_UNEXPECTED_BODY'],
    ['a body in chunks', { 'transfer-encoding': 'chunked' }, 'WS_ERR_UNEXPECTED_BODY'],
    ['nothing at all', { host: undefined, upgrade: undefined, connection: undefined }, 'WS_ERR_INVALID_HOST'],
  ])('%s: 400', (_name, headers, code) => {
    expect(refusalOf(() => parseOpeningHandshake(handshakeRequest(headers)))).toMatchObject({ status: 400, code })
  })

  it.each([[1, 0], [0, 9]])('(1) HTTP/%i.%i: 400', (httpVersionMajor, httpVersionMinor) => {
    const line = { httpVersion: `${httpVersionMajor}.${httpVersionMinor}`, httpVersionMajor, httpVersionMinor }
    const refusal = refusalOf(() => parseOpeningHandshake(handshakeRequest({}, line)))
    expect(refusal).toMatchObject({ status: 400, code: 'WS_ERR_INVALID_HTTP_VERSION' })
  })

  it.each(['POST', 'HEAD', 'CONNECT', 'OPTIONS', 'get', '', undefined])('(1) method %j: 405 with Allow', (method) => {
    const refusal = refusalOf(() => parseOpeningHandshake(handshakeRequest({}, { method })))
    expect(refusal).toMatchObject({ status: 405, code: 'WS_ERR_INVALID_METHOD', headers: { Allow: 'GET' } })
  })

  it.each([
    '0', '7', '8', '12', '14', '255', '013', '13.0', '+13', 'abc', '13;',
  ])('B9: version %s: 426 with Sec-WebSocket-Version: 13', (version) => {
    const refusal = refusalOf(() => parseOpeningHandshake(handshakeRequest({ 'sec-websocket-version': version })))
    expect(refusal).toMatchObject({ status: 426, code: 'WS_ERR_UNSUPPORTED_VERSION', headers: { 'Sec-WebSocket-Version': '13' } })
  })

  it('B9: another version is heard of before its key is judged', () => {
    const headers = { 'sec-websocket-version': '99', 'sec-websocket-key': undefined }
    expect(refusalOf(() => parseOpeningHandshake(handshakeRequest(headers))).status).toBe(426)
  })

  it.each([
    'Host', 'Origin', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version',
  ])('SECURITY: a second %s in rawHeaders, of which Node kept one', (name) => {
    const line: Partial<HandshakeRequest> = { rawHeaders: [name, 'a', name.toLowerCase(), 'b'] }
    const refusal = refusalOf(() => parseOpeningHandshake(handshakeRequest({}, line)))
    expect(refusal).toMatchObject({ status: 400, code: 'WS_ERR_REPEATED_HEADER' })
  })
})

describe('isWebSocketUpgrade', () => {
  it.each([['websocket'], ['WebSocket'], ['h2c, websocket'], [['h2c', 'websocket']]])('Upgrade: %j', (upgrade) => {
    expect(isWebSocketUpgrade({ headers: { upgrade } })).toBe(true)
  })

  it.each([[undefined], [''], ['h2c'], ['websocket/13'], ['web socket'], ['TLS/1.0, h2c']])('not Upgrade: %j', (upgrade) => {
    expect(isWebSocketUpgrade({ headers: { upgrade } })).toBe(false)
  })
})

describe('any request at all', () => {
  const names = [
    'host', 'upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions',
    'content-length', 'transfer-encoding', 'origin', '__proto__', 'constructor',
  ]
  const value = fc.oneof(
    fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constantFrom(undefined, 'websocket', 'upgrade', '13', SAMPLE_KEY),
  )

  it('SECURITY: is read, or refused with a well-formed response; nothing else is thrown', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), value), fc.boolean(), (headers, isOnTopOfValid) => {
      const request = handshakeRequest()
      try {
        parseOpeningHandshake({ ...request, headers: isOnTopOfValid ? { ...request.headers, ...headers } : headers })
      } catch (error) {
        if (!(error instanceof HandshakeError)) throw error
        expect(serializeResponse(error).toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d [A-Z][A-Za-z ]+\r\n/)
      }
    }), { numRuns: 500 })
  })

  it('SECURITY: 2,000 headers', () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`x-${index}`, 'y']))
    expect(parseOpeningHandshake(handshakeRequest(many)).key).toBe(SAMPLE_KEY)
  })
})
