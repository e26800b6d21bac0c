// FEATURES C5 and SECURITY "exception text": refusals and errors of a pipeline, and what the peer may see of them.
import express, { Router } from 'express'
import { describe, expect, test } from 'vitest'
import { upgrade } from '@tocsin/express'
import { recorder, start } from './support/application.js'
import { connect, refusal } from './support/client.js'
import { errorHandler } from './support/error-handler.js'

describe('C5: refusals and errors', () => {
  test('a 401 with JSON is a complete response', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.get('/', (_req, res) => { res.status(401).set('WWW-Authenticate', 'Bearer').json({ error: 'who are you?' }) }, upgrade(chat))
    })
    expect(await refusal(origin)).toMatchObject({
      status: 401,
      body: '{"error":"who are you?"}',
      headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/json; charset=utf-8', connection: 'close' },
    })
  })

  test('SECURITY exception text: what nobody handles is a 500 without a word, whatever NODE_ENV says', async () => {
    const errors: unknown[] = []
    const { origin, app } = await start((app) => {
      app.get('/thrown', () => { throw new Error('secret') })
      app.get('/rejected', () => Promise.reject(new Error('secret')))
      app.get('/passed', (_req, _res, next) => next(new Error('secret')))
      const sub = express()
      sub.get('/', () => { throw new Error('secret') })
      app.use('/sub', sub)
      app.use('/router', Router().get('/', (_req, _res, next) => next('secret')))
    }, { onError: (error) => errors.push(error) })
    expect(app.get('env')).not.toBe('production')
    for (const path of ['/thrown', '/rejected', '/passed', '/sub', '/router']) {
      const answer = await refusal(origin + path)
      expect(answer).toMatchObject({ status: 500, body: '', headers: { connection: 'close' } })
      expect(JSON.stringify(answer)).not.toContain('secret')
    }
    expect(errors).toHaveLength(5)
  })

  test('an error with a status, and the headers that belong to it, is answered so; the headers set before are not', async () => {
    const { origin } = await start((app) => {
      app.get('/', (_req, res, next) => {
        res.set('X-Draft', 'yes')
        next(Object.assign(new Error('secret'), { status: 401, headers: { 'WWW-Authenticate': 'Basic' } }))
      })
    }, { onError: () => {} })
    const answer = await refusal(origin)
    expect(answer).toMatchObject({ status: 401, body: '', headers: { 'www-authenticate': 'Basic' } })
    expect(answer.headers).not.toHaveProperty('x-draft')
  })

  test('a path that cannot be decoded is a 400', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => app.get('/rooms/:room', upgrade(chat)), { onError: () => {} })
    expect((await refusal(`${origin}/rooms/%ff`)).status).toBe(400)
  })

  test("the application's own error handler answers, and its own 404 page too", async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.get('/fail', () => { throw new Error('secret') })
      app.get('/live', upgrade(chat))
      app.use((_req, res) => { res.status(404).type('html').send('<h1>Nothing here</h1>') })
      app.use(errorHandler((_error, res) => { res.status(503).json({ error: 'later' }) }))
    })
    expect(await refusal(`${origin}/fail`)).toMatchObject({ status: 503, body: '{"error":"later"}' })
    expect(await refusal(`${origin}/nowhere`)).toMatchObject({ status: 404, body: '<h1>Nothing here</h1>' })
    expect((await connect(`${origin}/live`)).answer.status).toBe(101)
  })

  test('next() with a 404, as express-generator writes it, means: no route here', async () => {
    const errors: unknown[] = []
    const { origin } = await start((app) => {
      app.use((_req, _res, next) => next(Object.assign(new Error('Not Found'), { status: 404 })))
    }, { onError: (error) => errors.push(error) })
    expect(await refusal(`${origin}/nowhere`)).toMatchObject({ status: 404, body: '' })
    expect(errors).toEqual([])
  })

  test('a handler that answers and then upgrades, or upgrades twice, harms nobody', async () => {
    const { chat, opened } = recorder()
    const errors: unknown[] = []
    const { origin } = await start((app) => {
      app.get('/twice', (req, res, next) => { void upgrade(chat)(req, res, next); next() }, upgrade(chat))
      app.get('/answered', (_req, res, next) => { res.status(403).end(); next() }, upgrade(chat))
      app.use(errorHandler((error) => { errors.push(error) }))
    })
    expect(await (await connect(`${origin}/twice`)).echo('still here')).toBe('still here')
    expect((await refusal(`${origin}/answered`)).status).toBe(403)
    expect(opened).toHaveLength(1)
    expect(errors).toMatchObject([{ code: 'WS_ERR_ALREADY_UPGRADED' }])
  })
})
