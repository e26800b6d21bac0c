// What is wrong with a client's request.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { faultOfRequest, readRequest } from '../../src/wire/request.js'

const url = new URL('ws://127.0.0.1:8080/a?b=c')
const RIGHT = {
  Host: '127.0.0.1:8080',
  Upgrade: 'websocket',
  Connection: 'keep-alive, Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

function faultOf(fields: Record<string, string | undefined>, line = 'GET /a?b=c HTTP/1.1'): string | undefined {
  const lines = Object.entries({ ...RIGHT, ...fields }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  const { request } = readRequest(Buffer.from([line, ...lines, '', ''].join('\r\n')))!
  const subprotocols = fields['Sec-WebSocket-Protocol'] === undefined ? [] : ['x']
  return faultOfRequest(request, { url, subprotocols, isOffering: false })
}

test('a right one, and half of it', () => {
  expect(faultOf({})).toBeUndefined()
  expect(faultOf({ 'Sec-WebSocket-Protocol': 'x' })).toBeUndefined()
  expect(readRequest(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n'))).toBeUndefined()
})

test.each([
  [{ Host: '127.0.0.1' }, /\(4\)/],
  [{ Upgrade: 'h2c' }, /\(5\)/],
  [{ Connection: 'keep-alive' }, /\(6\)/],
  [{ 'Sec-WebSocket-Key': 'AAAA' }, /\(7\)/],
  [{ 'Sec-WebSocket-Version': '8' }, /\(9\)/],
  [{ 'Sec-WebSocket-Version': undefined }, /\(9\)/],
  [{ 'Sec-WebSocket-Protocol': 'y' }, /\(10\)/],
  [{ 'Sec-WebSocket-Extensions': 'permessage-deflate' }, /\(11\)/],
  [{ 'a b': 'c' }, /fields/],
  [{ 'Content-Length': '0' }, /no body/],
])('%o: %s', (fields, fault) => {
  expect(faultOf(fields)).toMatch(fault)
})

test('another line', () => {
  expect(faultOf({}, 'GET ws://127.0.0.1:8080/a?b=c HTTP/1.1')).toMatch(/\(2\), \(3\)/)
  expect(faultOf({}, 'POST /a?b=c HTTP/1.1')).toMatch(/\(2\), \(3\)/)
})
