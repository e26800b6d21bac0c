// Reading one HTTP response, whole, from bytes that come in any pieces.
import { describe, expect, test } from 'vitest'
import { HttpResponseParser } from '../../src/client/http-response.js'

const wholes: [name: string, bytes: string, body: string, rest: string][] = [
  ['Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellorest', 'hello', 'rest'],
  ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\nrest', 'hello!', 'rest'],
  ['no body for 101', 'HTTP/1.1 101 Switching Protocols\r\nContent-Length: 5\r\n\r\nframes', '', 'frames'],
  ['no body for 204', 'HTTP/1.1 204 No Content\r\n\r\nrest', '', 'rest'],
  ['interim responses first', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', '', ''],
]

describe('HttpResponseParser', () => {
  test.each(wholes)('%s, at once and byte by byte', (_name, bytes, body, rest) => {
    const whole = new HttpResponseParser()
    expect(String(whole.push(Buffer.from(bytes))?.body)).toBe(body)
    expect(String(whole.rest)).toBe(rest)
    const pieces = new HttpResponseParser()
    const end = bytes.length - rest.length
    for (let i = 0; i < end - 1; i++) expect(pieces.push(Buffer.from(bytes[i]!))).toBeUndefined()
    expect(String(pieces.push(Buffer.from(bytes[end - 1]!))?.body)).toBe(body)
  })

  test('without a length, the end of the connection ends the body', () => {
    const parser = new HttpResponseParser()
    expect(parser.push(Buffer.from('HTTP/1.0 404 Not Found\r\n\r\nno'))).toBeUndefined()
    expect(String(parser.end()?.body)).toBe('no')
  })

  test('a response that is cut is none', () => {
    const parser = new HttpResponseParser()
    expect(parser.hasBegun).toBe(false)
    parser.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell'))
    expect(parser.end()).toBeUndefined()
    expect(parser.hasBegun).toBe(true)
  })

  test('fields: lower-case names, values joined, cookies apart', () => {
    const bytes = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:2 \r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n'
    const response = new HttpResponseParser().push(Buffer.from(bytes))
    expect(response).toMatchObject({ status: 200, reason: 'OK' })
    expect(Object.entries(response!.headers)).toEqual([
      ['x-a', '1, 2'], ['set-cookie', ['a=1', 'b=2']], ['__proto__', 'x'], ['content-length', '0'],
    ])
  })

  test.each(['garbage\r\n\r\n', 'HTTP/1.1 20 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n'])('%j is no response', (bytes) => {
    expect(() => new HttpResponseParser().push(Buffer.from(bytes))).toThrow('not a')
  })
})
