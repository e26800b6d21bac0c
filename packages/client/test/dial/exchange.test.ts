import { settle, transportPair } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { exchange } from '../../src/dial/exchange.js'

function exchanging(signal = new AbortController().signal) {
  const { client, server } = transportPair()
  server.on('error', () => undefined)
  let request = ''
  server.on('data', (chunk: Buffer) => { request += String(chunk) })
  const answer = exchange(client, Buffer.from('GET / HTTP/1.1\r\n\r\n'), signal)
  answer.catch(() => undefined)
  return { client, server, answer, request: () => request }
}

describe('exchange', () => {
  it('writes the request, reads the answer, and leaves the stream as it was', async () => {
    const { client, server, answer, request } = exchanging()
    await settle()
    expect(request()).toBe('GET / HTTP/1.1\r\n\r\n')
    server.write('HTTP/1.1 101 X\r\n\r\nframes')
    const { head, rest } = await answer
    expect([head?.status, String(rest)]).toEqual([101, 'frames'])
    expect([client.listenerCount('data'), client.listenerCount('end'), client.listenerCount('close'), client.isPaused()]).toEqual([0, 0, 0, true])
  })

  it.each([['no byte', ''], ['half a head', 'HTTP/1.1 101'], ['half a body', 'HTTP/1.1 401 No\r\nContent-Length: 5\r\n\r\nwh']])('a server that ends after %s', async (_, part) => {
    const { client, server, answer } = exchanging()
    server.end(part)
    await expect(answer).rejects.toMatchObject({ code: 'WS_ERR_HANDSHAKE' })
    expect(client.destroyed).toBe(true)
  })

  it('a reset is told as it is', async () => {
    const { server, answer } = exchanging()
    server.resetAndDestroy()
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('an abort destroys the stream, before and after', async () => {
    const abort = new AbortController()
    const { client, answer } = exchanging(abort.signal)
    await settle()
    abort.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    const late = exchanging(abort.signal)
    await expect(late.answer).rejects.toThrow('enough')
    expect([client.destroyed, late.client.destroyed]).toEqual([true, true])
  })
})
