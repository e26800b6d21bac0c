import { describe, expect, it } from 'vitest'
import { parseResponseHead } from '../../src/handshake/response-head.js'

describe('parseResponseHead', () => {
  it('reads status, reason and fields', () => {
    expect(parseResponseHead('HTTP/1.1 101 Switching Protocols\r\nUpgrade:websocket\r\nX-Empty:\r\nX-Tab:\t a \t')).toEqual({
      status: 101, reason: 'Switching Protocols', headers: { upgrade: 'websocket', 'x-empty': '', 'x-tab': 'a' },
    })
  })

  it('joins repeated fields, but lists cookies', () => {
    const { headers } = parseResponseHead('HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nSet-Cookie: x\r\nset-cookie: y')
    expect(headers).toEqual({ a: '1, 2', 'set-cookie': ['x', 'y'] })
  })

  it('knows no special names', () => {
    const { headers } = parseResponseHead('HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b')
    expect(Object.getPrototypeOf(headers)).toBeNull()
    expect(Object.entries(headers)).toEqual([['__proto__', 'a'], ['constructor', 'b']])
  })

  it.each([['HTTP/1.1 503', ''], ['HTTP/1.1 503 ', ''], ['HTTP/1.0 503 No', 'No']])('takes %j', (line, reason) => {
    expect(parseResponseHead(line)).toMatchObject({ status: 503, reason })
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2'],
    ['HTTP/2 as text', 'HTTP/2 200'],
    ['a status of two digits', 'HTTP/1.1 20 OK'],
    ['a status out of range', 'HTTP/1.1 600 OK'],
    ['a 101 of HTTP/1.0', 'HTTP/1.0 101 Switching Protocols'],
    ['a line without colon', 'HTTP/1.1 101 X\r\nUpgrade'],
    ['whitespace before the colon', 'HTTP/1.1 101 X\r\nUpgrade : websocket'],
    ['a folded line', 'HTTP/1.1 101 X\r\nUpgrade: web\r\n socket'],
    ['a bare LF', 'HTTP/1.1 101 X\r\nA: b\nUpgrade: websocket'],
    ['a bare CR', 'HTTP/1.1 101 X\r\nA: b\rUpgrade: websocket'],
    ['a NUL', 'HTTP/1.1 101 X\r\nA: b\0'],
    ['an escape in the reason', 'HTTP/1.1 401 \u001b[2J'],
    ['nothing', ''],
  ])('refuses %s', (_, head) => {
    expect(() => parseResponseHead(head)).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'WS_ERR_HANDSHAKE' }))
  })
})
