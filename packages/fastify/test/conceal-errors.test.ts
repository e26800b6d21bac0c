// SECURITY, exception text: never sent to the peer of an upgrade, unless an error handler of the application says so.
import { describe, expect, test } from 'vitest'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { application, delay, recorder, refused } from './support/application.js'

const SECRET = 'the password is hunter2'
const BARE = { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' }

/** Everything that can go wrong on the way to the 101, each on a path of its own. */
function failingRoutes(app: FastifyInstance): string[] {
  const { chat } = recorder()
  const fail = (): never => { throw new Error(SECRET) }
  app.get('/handler', fail)
  app.get('/async', async () => { await delay(1); fail() })
  app.get('/sent', (_request, reply) => reply.send(new Error(SECRET)))
  app.get('/code', (_request, reply) => { reply.code(400); fail() })
  app.get('/text', () => { throw SECRET })
  // oxlint-disable-next-line no-throw-literal
  app.get('/object', () => { throw { statusCode: 500, message: SECRET } })
  app.get('/onRequest', { onRequest: fail }, (_request, reply) => reply.upgrade(chat))
  app.get('/preHandler', { preHandler: async () => fail() }, (_request, reply) => reply.upgrade(chat))
  const onSend = async (_request: unknown, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    return reply.statusCode === 101 ? fail() : payload
  }
  app.get('/onSend', { onSend }, (_request, reply) => reply.upgrade(chat))
  return ['/handler', '/async', '/sent', '/code', '/text', '/object', '/onRequest', '/preHandler', '/onSend']
}

describe('SECURITY exception text', () => {
  test('by default: Fastify says that something went wrong, and its log says what', async () => {
    const lines: string[] = []
    let paths: string[] = []
    const logger = { level: 'error', stream: { write: (line: string) => void lines.push(line) } }
    const app = await application((app) => { paths = failingRoutes(app) }, { fastify: { logger } })
    for (const path of paths) {
      const refusal = await refused(app.injectWS(path))
      expect(JSON.stringify(refusal.headers) + refusal.body, path).not.toContain('hunter2')
      const expected = path === '/code' ? { statusCode: 400, error: 'Bad Request', message: 'Bad Request' } : BARE
      expect([refusal.status, refusal.json()], path).toEqual([expected.statusCode, expected])
    }
    expect(lines.filter((line) => line.includes(SECRET)).length).toBeGreaterThanOrEqual(7)
  })

  test('an error handler that passes the error on exposes it no more than the default does', async () => {
    const seen: unknown[] = []
    const app = await application((app) => {
      app.setErrorHandler((error, _request, reply) => { seen.push(error); reply.send(error) })
      app.register(async (inner) => {
        inner.setErrorHandler((error) => { throw error })
        inner.get('/inner', () => { throw new Error(SECRET) })
      })
      app.get('/outer', () => { throw new Error(SECRET) })
    })
    for (const path of ['/outer', '/inner']) expect((await refused(app.injectWS(path))).json()).toEqual(BARE)
    expect(seen.map(String)).toEqual([`Error: ${SECRET}`, `Error: ${SECRET}`])
  })

  test("an error handler's own reply goes out, whatever is in it", async () => {
    const app = await application((app) => {
      app.setErrorHandler((error: Error, request, reply) => {
        if (request.url === '/object') return reply.code(500).send({ message: error.message })
        if (request.url === '/text') return reply.code(500).type('text/plain').send(error.message)
        return { mine: error.message }
      })
      for (const path of ['/object', '/text', '/returned']) app.get(path, () => { throw new Error('the oven is off') })
    })
    expect((await refused(app.injectWS('/object'))).json()).toEqual({ message: 'the oven is off' })
    expect((await refused(app.injectWS('/text'))).body).toBe('the oven is off')
    expect((await refused(app.injectWS('/returned'))).json()).toEqual({ mine: 'the oven is off' })
  })

  test('an error that was made for the client, with a status below 500, keeps its message', async () => {
    const app = await application((app) => {
      app.get('/', () => { throw Object.assign(new Error('who are you?'), { statusCode: 401, headers: { 'WWW-Authenticate': 'Basic' } }) })
    })
    const refusal = await refused(app.injectWS('/'))
    expect(refusal.json()).toEqual({ statusCode: 401, error: 'Unauthorized', message: 'who are you?' })
    expect(refusal.headers['www-authenticate']).toBe('Basic')
  })

  test('plain requests are answered as ever', async () => {
    const app = await application((app) => { failingRoutes(app) })
    expect((await app.inject('/handler')).json()).toEqual({ ...BARE, message: SECRET })
  })
})
