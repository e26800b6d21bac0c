// The bytes of the client's opening handshake.
import { Frame, Opcode, unpack } from '@tocsin/core'
import { expect, test } from 'vitest'
import { serializeHandshakeRequest } from '@tocsin/testing'

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\r\n')
}

test('is what RFC 6455 §4.1 asks for', () => {
  const options = { path: '/chat?x=1', origin: 'https://a.example', subprotocols: ['a', 'b'] }
  const { key, bytes } = serializeHandshakeRequest(options, 'localhost:80')
  expect(linesOf(bytes)).toEqual([
    'GET /chat?x=1 HTTP/1.1', 'Host: localhost:80', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Protocol: a, b', 'Origin: https://a.example', '', '',
  ])
  expect(Buffer.from(key, 'base64').length).toBe(16)
  expect(serializeHandshakeRequest({}, 'x').key).not.toBe(key)
})

test('a test\'s own fields replace, repeat and remove, whatever they are', () => {
  const headers = { upgrade: 'WebSocket', Connection: undefined, 'X-Many': ['1', '2'], 'Sec-WebSocket-Key': 'mine' }
  const { key, bytes } = serializeHandshakeRequest({ method: 'POST', headers }, 'h')
  expect(linesOf(bytes)).toEqual([
    'POST / HTTP/1.1', 'Host: h', 'upgrade: WebSocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: mine', 'X-Many: 1', 'X-Many: 2',
    '', '',
  ])
  expect(key).toBe('mine')
})

test('frames in its own segment are masked, bytes are as they are', () => {
  const frames = [new Frame({ opcode: Opcode.Text, payload: 'hi' }), new Frame({ opcode: Opcode.Ping })]
  const { bytes } = serializeHandshakeRequest({ head: frames }, 'h')
  const first = unpack(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))
  expect([first?.masked, String(first?.frame.payload)]).toEqual([true, 'hi'])
  expect(serializeHandshakeRequest({ head: Buffer.from('raw') }, 'h').bytes.toString().endsWith('\r\n\r\nraw')).toBe(true)
})
