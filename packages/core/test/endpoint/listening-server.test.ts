// A server that an endpoint has for itself: it listens or says why not, hears of later errors, and ends gracefully.
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer, get } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { resolveCloseOptions } from '../../src/endpoint/close-options.js'
import { ListeningServer } from '../../src/endpoint/listening-server.js'
import { Runtime } from '../../src/runtime.js'
import { listen } from '../support/serve.js'
import { testClock } from '../support/virtual-clock.js'
import { turns, until } from '../support/wait.js'

const HOST = '127.0.0.1'

function setup() {
  const requests: [IncomingMessage, ServerResponse][] = []
  const errors: Error[] = []
  const listening = new ListeningServer((...request) => requests.push(request), (error) => errors.push(error))
  onTestFinished(() => {
    listening.server.close()
    listening.server.closeAllConnections()
  })
  return { listening, requests, errors }
}

test('resolves with its address when it accepts connections, and hands on plain requests', async () => {
  const { listening, requests } = setup()
  expect(listening.isInUse).toBe(false)
  const promise = listening.listen(0, HOST)
  expect(listening.isInUse).toBe(true)
  const { port, address } = await promise
  expect([address, port > 0, listening.isInUse]).toEqual([HOST, true, true])
  const answer = get({ port, host: HOST, path: '/plain', agent: false })
  await until(() => requests.length === 1)
  requests[0]![1].end()
  expect(requests[0]![0].url).toBe('/plain')
  await once(answer, 'response')
})

test('a port that is taken rejects, once; another one may be tried', async () => {
  const other = createServer()
  onTestFinished(() => { other.close() })
  const { listening, errors } = setup()
  await expect(listening.listen(await listen(other), HOST)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect([listening.isInUse, errors]).toEqual([false, []])
  await listening.listen(0, HOST)
  expect(listening.isInUse).toBe(true)
  const later = new Error('EMFILE')
  listening.server.emit('error', later)
  expect(errors).toEqual([later])
})

test('closing lets a request in flight finish', async () => {
  const { listening, requests } = setup()
  const { port } = await listening.listen(0, HOST)
  const answer = once(get({ port, host: HOST, agent: false }), 'response') as Promise<[IncomingMessage]>
  await until(() => requests.length === 1)
  let isClosed = false
  const closing = listening.close(new Runtime({ clock: testClock() }), resolveCloseOptions({})).then(() => { isClosed = true })
  await turns()
  expect([isClosed, listening.server.listening]).toEqual([false, false])
  requests[0]![1].end('done')
  const [response] = await answer
  expect(response.statusCode).toBe(200)
  response.resume()
  await closing
})

test('at the deadline what is left is cut', async () => {
  const { listening, requests } = setup()
  const { port } = await listening.listen(0, HOST)
  const failed = once(get({ port, host: HOST, agent: false }), 'response').catch((error: unknown) => error)
  await until(() => requests.length === 1)
  const clock = testClock()
  let isClosed = false
  const closing = listening.close(new Runtime({ clock }), resolveCloseOptions({ deadline: 500 })).then(() => { isClosed = true })
  await turns()
  clock.advance(499)
  await turns()
  expect(isClosed).toBe(false)
  clock.advance(1)
  await closing
  expect(await failed).toMatchObject({ code: 'ECONNRESET' })
})
