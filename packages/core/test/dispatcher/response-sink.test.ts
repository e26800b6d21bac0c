import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import type { ResponseHead } from '../../src/dispatcher/response-head.js'
import { ResponseSink } from '../../src/dispatcher/response-sink.js'

test('the head is judged once, at whichever byte it is complete, and everything from there on goes where the judge said', async () => {
  const whole = Buffer.from('HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\nbody of it')
  for (let size = 1; size <= whole.length; size++) {
    const chunks: Buffer[] = []
    const judge = vi.fn((_head: ResponseHead) => (chunk: Buffer, done: () => void) => { chunks.push(chunk); done() })
    const sink = new ResponseSink(new PassThrough(), judge)
    for (let at = 0; at < whole.length; at += size) sink.write(whole.subarray(at, at + size))
    sink.end()
    await once(sink, 'finish')
    expect(judge).toHaveBeenCalledTimes(1)
    expect(judge.mock.calls[0]![0].status).toBe(200)
    expect(Buffer.concat(chunks).toString()).toBe('HTTP/1.1 200 OK\r\nX-A: 1\r\nConnection: close\r\n\r\nbody of it')
  }
})

test('it shows the addresses of the socket below, and leaves its tuning alone', () => {
  const socket = Object.assign(new PassThrough(), { remoteAddress: '192.0.2.1', encrypted: true })
  const sink = new ResponseSink(socket, () => (_chunk, done) => done())
  expect(sink).toMatchObject({ remoteAddress: '192.0.2.1', encrypted: true, remotePort: undefined })
  expect(sink.setTimeout().setNoDelay().setKeepAlive().ref().unref()).toBe(sink)
})
