import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_BODY, ResponseParser } from '../../src/handshake/response-parser.js'

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
const CHUNKED = 'HTTP/1.1 401 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nwho\r\n5;ext=1\r\n are?\r\n0\r\n\r\n'

interface Read { readonly status: number | undefined; readonly body: string; readonly rest: string; readonly isWhole: boolean }

function read(pieces: readonly (string | Buffer)[], ends = false): Read {
  const parser = new ResponseParser()
  let isWhole = false
  for (const piece of pieces) isWhole = parser.push(Buffer.from(piece as string, 'latin1')) || isWhole
  if (ends) isWhole = parser.end()
  return { status: parser.head?.status, body: parser.body.toString(), rest: parser.rest.toString('latin1'), isWhole }
}

describe('ResponseParser', () => {
  it('ends a 101 at its head: what follows are frames', () => {
    expect(read([`${SWITCHING}\x81\x02hi`])).toEqual({ status: 101, body: '', rest: '\x81\x02hi', isWhole: true })
  })

  it.each([
    ['with Content-Length', 'HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nwho', 'who'],
    ['with the same length twice', 'HTTP/1.1 401 No\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nwho', 'who'],
    ['chunked', CHUNKED, 'who are?'],
    ['empty', 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n', ''],
    ['204', 'HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n', ''],
    ['behind interim responses', 'HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nwho', 'who'],
  ])('reads a body %s, whole and byte by byte', (_, response, body) => {
    expect(read([response])).toMatchObject({ body, isWhole: true })
    expect(read([...response])).toMatchObject({ body, isWhole: true })
  })

  it('a body without a length ends with the connection', () => {
    const response = 'HTTP/1.1 401 No\r\n\r\nwho'
    expect(read([response])).toMatchObject({ isWhole: false })
    expect(read([response], true)).toMatchObject({ body: 'who', isWhole: true })
  })

  it.each([['a part of a head', 'HTTP/1.1 401'], ['a part of a body', 'HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nwh'], ['nothing', '']])('%s is no answer', (_, part) => {
    expect(read([part], true).isWhole).toBe(false)
  })

  it('keeps 64 KiB of a body, and wants no more', () => {
    const head = 'HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n'
    const { body, isWhole } = read([head, ...Array.from({ length: 20 }, () => 'x'.repeat(10_000))])
    expect([body.length, isWhole]).toEqual([MAX_BODY, true])
  })

  it.each([
    ['an endless head', [`HTTP/1.1 101 X\r\nA: ${'x'.repeat(20_000)}`]],
    ['a head of endless fields', ['HTTP/1.1 101 X\r\n', ...Array.from({ length: 2_000 }, () => 'A: 123456789\r\n')]],
    ['endless interim responses', Array.from({ length: 2_000 }, () => 'HTTP/1.1 103 Hints\r\n\r\n')],
    ['a chunk without a size', ['HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\nwho\r\n']],
    ['an endless chunk size', ['HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n', '1'.repeat(300)]],
    ['two lengths', ['HTTP/1.1 401 No\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n']],
    ['a negative length', ['HTTP/1.1 401 No\r\nContent-Length: -1\r\n\r\n']],
    ['a length in hex', ['HTTP/1.1 401 No\r\nContent-Length: 0x10\r\n\r\n']],
  ])('refuses %s', (_, pieces) => {
    expect(() => read(pieces)).toThrow(expect.objectContaining({ name: 'ProtocolError' }))
  })

  it('fuzz: whatever comes, it ends with an answer, a ProtocolError, or waits', () => {
    const piece = fc.oneof(fc.constantFrom('HTTP/1.1 101 X\r\n', 'HTTP/1.1 401 No\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', '\r\n', '5\r\nhello\r\n', '0\r\n\r\n', 'A: b\r\n'), fc.string())
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        read(pieces, true)
      } catch (error) {
        expect((error as Error).name).toBe('ProtocolError')
      }
    }), { numRuns: 500 })
  })
})
