import { describe, expect, it } from 'vitest'
import { parseExtensions } from '../../src/handshake/extensions.js'
import {
  passableHeaders, serializeResponse, serializeSwitchingProtocols, type HttpResponse, type SwitchingProtocols,
} from '../../src/handshake/response.js'
import { parseResponse } from './support/parse-response.js'
import { usageErrorOf } from './support/thrown.js'
import { SAMPLE_KEY } from './support/valid-request.js'

const date = new Date('2011-12-11T08:00:00Z')

describe('serializeResponse', () => {
  it('A5: writes a complete response', () => {
    const headers = { 'WWW-Authenticate': 'Bearer', 'Set-Cookie': ['a=1', 'b=2'] }
    expect(serializeResponse({ status: 401, headers, body: 'who are you?', date }).toString()).toBe([
      'HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Date: Sun, 11 Dec 2011 08:00:00 GMT',
      'Content-Type: text/plain; charset=utf-8', 'Content-Length: 12', 'Connection: close', '', 'who are you?',
    ].join('\r\n'))
  })

  it.each<[HttpResponse, string, string, string | undefined]>([
    [{ status: 200 }, 'OK', '', undefined],
    [{ status: 299 }, '', '', undefined],
    [{ status: 403, reason: 'Nicht erlaubt: \xfc' }, 'Nicht erlaubt: \xfc', '', undefined],
    [{ status: 404, reason: '' }, '', '', undefined],
    [{ status: 401, body: { error: 'who?' } }, 'Unauthorized', '{"error":"who?"}', 'application/json; charset=utf-8'],
    [{ status: 400, body: 'gr\u00fc\u00df' }, 'Bad Request', 'gr\u00fc\u00df', 'text/plain; charset=utf-8'],
    [{ status: 400, body: '<p>', headers: { 'content-type': 'text/html' } }, 'Bad Request', '<p>', 'text/html'],
    [{ status: 500, body: Buffer.from('x\r\n\r\ny') }, 'Internal Server Error', 'x\r\n\r\ny', undefined],
    [{ status: 302, headers: { Location: '/login' } }, 'Found', '', undefined],
  ])('A5: Node reads %j as it was meant', async (...[response, reason, body, type]) => {
    const parsed = await parseResponse(serializeResponse(response))
    expect([parsed.status, parsed.reason, parsed.body.toString()]).toEqual([response.status, reason, body])
    expect(parsed.headers).toMatchObject({ connection: 'close', 'content-length': String(Buffer.byteLength(body)) })
    expect(parsed.headers['content-type']).toBe(type)
    expect(Math.abs(Date.parse(parsed.headers.date ?? '') - Date.now())).toBeLessThan(60_000)
  })

  it('keeps the Date of the app', async () => {
    const { headers } = await parseResponse(serializeResponse({ status: 200, headers: { DATE: 'Thu, 01 Jan 1970 00:00:00 GMT' } }))
    expect(headers.date).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  })

  it.each([204, 304])('RFC 9110: a %i has neither body nor length', async (status) => {
    const { headers } = await parseResponse(serializeResponse({ status }))
    expect(headers).not.toHaveProperty('content-length')
    expect(usageErrorOf(() => serializeResponse({ status, body: 'x' })).code).toBe('WS_ERR_INVALID_BODY')
  })

  it.each([0, 99, 100, 101, 199, 600, 1000, 200.5, NaN, '200', '200 OK\r\nX: y', undefined, null])('refuses the status %j', (status) => {
    expect(usageErrorOf(() => serializeResponse({ status: status as number })).code).toBe('WS_ERR_INVALID_STATUS')
  })

  it.each(['a\r\nb', 'a\n', '\r', 'a\0', '\u0100', 5])('SECURITY: refuses the reason %j', (reason) => {
    expect(usageErrorOf(() => serializeResponse({ status: 400, reason: reason as string })).code).toBe('WS_ERR_INVALID_REASON')
  })

  it.each([
    'Connection', 'keep-alive', 'CONTENT-LENGTH', 'Transfer-Encoding', 'trailer',
  ])('SECURITY: refuses the header %s, which decides where a message ends', (name) => {
    expect(usageErrorOf(() => serializeResponse({ status: 400, headers: { [name]: '1' } })).code).toBe('WS_ERR_RESERVED_HEADER')
  })

  it('SECURITY: refuses a header or cookie that would break out of its line', () => {
    for (const headers of [{ 'X-A': 'a\r\nb' }, { 'X-A\r\nX-B': 'a' }, { 'Set-Cookie': ['a=1', 'b=2\r\n\r\n<script>'] }]) {
      expect(usageErrorOf(() => serializeResponse({ status: 400, headers })).code).toBe('WS_ERR_INVALID_HEADER')
    }
  })
})

describe('serializeSwitchingProtocols', () => {
  it('RFC 6455 §1.3: answers the example of the RFC', () => {
    expect(serializeSwitchingProtocols({ key: SAMPLE_KEY, subprotocol: 'chat' }).toString('latin1')).toBe([
      'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Sec-WebSocket-Protocol: chat', '', '',
    ].join('\r\n'))
  })

  it('A18: names no subprotocol where none was selected', () => {
    expect(serializeSwitchingProtocols({ key: SAMPLE_KEY, subprotocol: undefined }).toString('latin1')).not.toContain('Protocol:')
  })

  it('RFC 6455 §4.2.2(5.6), §11.3.2: writes extensions into one field, and none without one', async () => {
    const extensions = parseExtensions('a; b=1, c')
    const { headers, rawHeaders } = await parseResponse(serializeSwitchingProtocols({ key: SAMPLE_KEY, extensions }))
    expect(headers['sec-websocket-extensions']).toBe('a; b=1, c')
    expect(rawHeaders.filter((name) => name === 'Sec-WebSocket-Extensions')).toHaveLength(1)
    expect(serializeSwitchingProtocols({ key: SAMPLE_KEY, extensions: [] }).includes('Extensions')).toBe(false)
  })

  it('A5: carries headers and cookies of the app, and those that a framework left', async () => {
    const left = passableHeaders('HTTP/1.1 101 x\r\nSet-Cookie: sid=1\r\nConnection: close\r\n\r\n')
    const headers = [...left, ...Object.entries({ 'X-Node': 7, 'Set-Cookie': ['a=1', 'b=2'] })] as const
    const parsed = await parseResponse(serializeSwitchingProtocols({ key: SAMPLE_KEY, headers }))
    expect(parsed.status).toBe(101)
    expect(parsed.headers).toMatchObject({ connection: 'Upgrade', 'x-node': '7', 'set-cookie': ['sid=1', 'a=1', 'b=2'] })
  })

  it.each([
    'Upgrade', 'connection', 'Keep-Alive', 'Content-Length', 'Transfer-Encoding', 'Trailer', 'Sec-WebSocket-Accept',
    'SEC-WEBSOCKET-PROTOCOL',
    'Sec-WebSocket-Extensions', 'sec-websocket-version', 'Sec-WebSocket-Anything',
  ])('refuses the header %s, which belongs to the handshake', (name) => {
    const error = usageErrorOf(() => serializeSwitchingProtocols({ key: SAMPLE_KEY, headers: { [name]: 'x' } }))
    expect(error.code).toBe('WS_ERR_RESERVED_HEADER')
  })

  it.each<[string, Omit<SwitchingProtocols, 'key'>, string]>([
    ['a line break in a header', { headers: { 'X-A': 'a\r\nb' } }, 'WS_ERR_INVALID_HEADER'],
    ['a line break in a cookie', { headers: { 'Set-Cookie': ['a\nb'] } }, 'WS_ERR_INVALID_HEADER'],
    ['a line break in a name', { headers: { 'X-A\r\nX-B': 'a' } }, 'WS_ERR_INVALID_HEADER'],
    ['a line break in the subprotocol', { subprotocol: 'chat\r\nX: y' }, 'WS_ERR_INVALID_SUBPROTOCOL'],
    ['an empty subprotocol', { subprotocol: '' }, 'WS_ERR_INVALID_SUBPROTOCOL'],
    ['two subprotocols', { subprotocol: 'a, b' }, 'WS_ERR_INVALID_SUBPROTOCOL'],
    ['a line break in an extension', { extensions: [{ name: 'a\r\n', parameters: new Map() }] }, 'WS_ERR_INVALID_EXTENSION'],
  ])('SECURITY: refuses %s before a byte is written', (_name, answer, code) => {
    expect(usageErrorOf(() => serializeSwitchingProtocols({ key: SAMPLE_KEY, ...answer })).code).toBe(code)
  })
})
