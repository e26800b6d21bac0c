import { describe, expect, it } from 'vitest'
import { passableHeaders } from '../../src/handshake/passable-headers.js'
import { usageErrorOf } from './support/thrown.js'

const HEAD = [
  'HTTP/1.1 101 Switching Protocols', 'X-Powered-By: Express', 'Set-Cookie: sid=1; Path=/; HttpOnly', 'Set-Cookie: theme=dark:blue',
  'X-Empty:',
  'Content-Type: text/html', 'content-length: 5', 'Content-Encoding: gzip', 'Transfer-Encoding: chunked', 'Trailer: x',
  'Connection: keep-alive',
  'Keep-Alive: timeout=5', 'UPGRADE: h2c', 'Sec-WebSocket-Accept: x', 'sec-websocket-protocol: y', 'Date: Thu, 01 Jan 1970 00:00:00 GMT',
].join('\r\n')

const PASSED = [
  ['X-Powered-By', 'Express'], ['Set-Cookie', 'sid=1; Path=/; HttpOnly'], ['Set-Cookie', 'theme=dark:blue'], ['X-Empty', ''],
  ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
]

describe('passableHeaders', () => {
  it.each([
    ['without its end', HEAD],
    ['with the end of its last line', `${HEAD}\r\n`],
    ['with its empty line', `${HEAD}\r\n\r\n`],
    ['with a body', `${HEAD}\r\n\r\nSet-Cookie: body=1\r\n\r\n`],
    ['behind interim responses', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${HEAD}\r\n\r\n`],
  ])('passes what the 101 may carry from a head %s', (_name, head) => {
    expect(passableHeaders(head)).toEqual(PASSED)
    expect(passableHeaders(Buffer.from(head, 'latin1'))).toEqual(PASSED)
  })

  it('keeps latin1', () => {
    expect(passableHeaders(Buffer.from('HTTP/1.1 101 x\r\nX-Name: \xfc\r\n\r\n', 'latin1'))).toEqual([['X-Name', '\xfc']])
  })

  it('finds nothing in a head without fields', () => {
    for (const head of ['', 'HTTP/1.1 101 x', 'HTTP/1.1 101 x\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n']) {
      expect(passableHeaders(head)).toEqual([])
    }
  })

  it.each(['nonsense', ': x', ' folded'])('refuses the line %j', (line) => {
    expect(usageErrorOf(() => passableHeaders(`HTTP/1.1 101 x\r\n${line}\r\n\r\n`)).code).toBe('WS_ERR_INVALID_HEADER')
  })
})
