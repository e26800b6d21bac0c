// What an endpoint offers to layers on top of it, such as @tocsin/events.
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { type Served, serve } from '../support/serve.js'
import { until } from '../support/wait.js'

async function connect({ port }: Served<undefined>): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'open')
  return client
}

test('an interceptor takes messages on arrival, while a handler holds back the others', async () => {
  const served = await serve()
  const taken: unknown[] = []
  const handled: unknown[] = []
  let release = (): void => {}
  served.endpoint.intercept((_connection, message, kind) => {
    const isAnswer = message === 'answer'
    if (isAnswer) taken.push([message, kind])
    return isAnswer
  })
  served.endpoint.on('message', (_connection, message) => {
    handled.push(message)
    return new Promise<void>((resolve) => (release = resolve))
  })
  const client = await connect(served)
  for (const message of ['question', 'later', 'answer']) client.send(message)
  await until(() => taken.length > 0, 'the answer')
  expect([taken, handled]).toEqual([[['answer', 'text']], ['question']])
  release()
  await until(() => handled.length === 2, 'the other message')
  release()
  expect(handled).toEqual(['question', 'later'])
  client.terminate()
})

test('there is one interceptor', async () => {
  const { endpoint } = await serve()
  endpoint.intercept(() => false)
  expect(() => endpoint.intercept(() => false)).toThrow(expect.objectContaining({ code: 'WS_ERR_INTERCEPTED' }))
})

test('an error that is reported reaches the `error` handlers, and closes nothing', async () => {
  const served = await serve()
  const client = await connect(served)
  const connection = await served.connection()
  const error = new Error('mine')
  served.endpoint.reportError(error, connection)
  served.endpoint.reportError(error)
  expect(served.errors).toEqual([{ error, connection }, { error, connection: undefined }])
  expect(connection.isEstablished).toBe(true)
  client.terminate()
})

test('an error that is reported, and that nobody listens for, goes to stderr', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => { stderr.mockRestore() })
  new WebSocketEndpoint().reportError(new Error('mine'))
  expect(stderr.mock.calls.join('')).toContain('mine')
})

test('layers have the time of the endpoint', async () => {
  const { endpoint, runtime } = await serve()
  expect(endpoint.runtime).toBe(runtime)
})
