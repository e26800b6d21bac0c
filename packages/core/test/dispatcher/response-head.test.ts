import { expect, test } from 'vitest'
import { closingHead, splitResponseHead } from '../../src/dispatcher/response-head.js'

const bytes = (text: string) => Buffer.from(text, 'latin1')

test('a head is split from its body, at whichever byte it arrives', () => {
  const whole = bytes('HTTP/1.1 403 Forbidden\r\nX-A: \xe9\r\n\r\nbody\r\n\r\n')
  for (let length = 0; length < whole.indexOf('body'); length++) expect(splitResponseHead(whole.subarray(0, length))).toBe(undefined)
  const split = splitResponseHead(whole)!
  expect(split.head).toEqual({ status: 403, text: 'HTTP/1.1 403 Forbidden\r\nX-A: \xe9\r\n\r\n' })
  expect(split.rest.toString('latin1')).toBe('body\r\n\r\n')
})

test('interim heads are passed over, 101 is final', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'
  expect(splitResponseHead(bytes(interim))).toBe(undefined)
  expect(splitResponseHead(bytes(interim + 'HTTP/1.1 200 OK\r\n\r\n'))!.head.status).toBe(200)
  expect(splitResponseHead(bytes('HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00'))!.rest).toEqual(Buffer.from([0x81, 0]))
})

test('a closing head says so once, and keeps the rest byte for byte', () => {
  const text = 'HTTP/1.1 404 Not Found\r\nX-A: \xe9\r\nconnection: keep-alive\r\nKeep-Alive: timeout=5\r\nConnection-Id: 7\r\n\r\n'
  const closing = closingHead({ status: 404, text }).toString('latin1')
  expect(closing).toBe('HTTP/1.1 404 Not Found\r\nX-A: \xe9\r\nConnection-Id: 7\r\nConnection: close\r\n\r\n')
})
