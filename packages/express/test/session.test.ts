// express-session before the 101: read, changed, saved in the store, its cookie on the 101.
import { createHmac } from 'node:crypto'
import session, { MemoryStore, type SessionData } from 'express-session'
import { describe, expect, test } from 'vitest'
import { upgrade } from '@tocsin/express'
import { delay, recorder, start } from './support/application.js'
import { connect, refusal } from './support/client.js'

declare module 'express-session' {
  interface SessionData {
    user?: string
    visits?: number
  }
}

/** A store on the other side of a network: it takes its time. */
class SlowStore extends MemoryStore {
  saved = 0
  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    setTimeout(() => super.get(id, callback), 10)
  }
  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    setTimeout(() => { this.saved++; super.set(id, data, callback) }, 30)
  }
}

const options = (store: MemoryStore) => ({ store, secret: 'test', resave: false, saveUninitialized: false })

async function startWith(store: MemoryStore) {
  const { chat, opened, refusals } = recorder<{ user: string }>()
  const running = await start((app) => {
    app.use(session(options(store)))
    app.get('/login', (req, res) => { req.session.user = 'ada'; res.json({}) })
    app.get('/session', (req, res) => { res.json({ user: req.session.user, visits: req.session.visits }) })
    app.get('/live', (req, res, next) => {
      req.session.visits = (req.session.visits ?? 0) + 1
      if (req.query['strict'] !== undefined && req.session.user === undefined) res.status(401).json({ error: 'log in' })
      else next()
    }, upgrade(chat, (req) => ({ user: req.session.user ?? 'nobody' })))
  })
  const http = `http://127.0.0.1:${running.port}`
  const sessionOf = async (cookie: string): Promise<unknown> => (await fetch(`${http}/session`, { headers: { cookie } })).json()
  return { ...running, http, sessionOf, opened, refusals }
}

const cookieOf = (setCookie: string | undefined): string => String(setCookie).split(';')[0]!

describe('C5: express-session', () => {
  test('a session that a page has begun is there in the route, and what the route changes is saved', async () => {
    const { http, origin, opened, sessionOf } = await startWith(new SlowStore())
    const login = await fetch(`${http}/login`)
    await login.text() // express-session sends the head before it has saved, and the end of the body afterwards
    const cookie = cookieOf(login.headers.get('set-cookie')!)
    await connect(`${origin}/live`, { headers: { cookie } })
    await connect(`${origin}/live`, { headers: { cookie } })
    expect(opened.map(({ data }) => data.user)).toEqual(['ada', 'ada'])
    expect(await sessionOf(cookie)).toEqual({ user: 'ada', visits: 2 })
  })

  test('a new session is saved before the 101, and its cookie arrives on it', async () => {
    const store = new SlowStore()
    const { origin, sessionOf } = await startWith(store)
    const { answer } = await connect(`${origin}/live`)
    expect(store.saved).toBe(1)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^connect\.sid=.+; Path=\/; HttpOnly$/)
    expect(await sessionOf(cookieOf(answer.headers['set-cookie']?.[0]))).toEqual({ visits: 1 })
  })

  test('a refusal keeps its session too', async () => {
    const { origin, sessionOf } = await startWith(new SlowStore())
    const answer = await refusal(`${origin}/live?strict`)
    expect(answer).toMatchObject({ status: 401, body: '{"error":"log in"}' })
    expect(await sessionOf(cookieOf(answer.headers['set-cookie']?.[0]))).toEqual({ visits: 1 })
  })

  test('a peer that goes away while the session is being saved leaves nothing behind', async () => {
    const { origin, opened, refusals } = await startWith(new SlowStore())
    await expect(connect(`${origin}/live`, { handshakeTimeout: 15 })).rejects.toThrow('timed out')
    await delay(80)
    expect(opened).toEqual([])
    expect(refusals).toMatchObject([{ status: 0, code: 'WS_ERR_PEER_GONE' }])
  })

  test('a store that fails is an error of the application, and the peer is not told which', async () => {
    class BrokenStore extends MemoryStore {
      override get(_id: string, callback: (error: unknown) => void): void { callback(new Error('secret')) }
    }
    const errors: unknown[] = []
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.use(session(options(new BrokenStore()))).get('/live', upgrade(chat))
    }, { onError: (error) => errors.push(error) })
    const { headers } = (await connect(`${origin}/live`)).answer
    expect(headers).not.toHaveProperty('set-cookie')
    const signature = createHmac('sha256', 'test').update('abc').digest('base64').replace(/=+$/, '')
    const signed = `s%3Aabc.${encodeURIComponent(signature)}`
    expect(await refusal(`${origin}/live`, { headers: { cookie: `connect.sid=${signed}` } })).toMatchObject({ status: 500, body: '' })
    expect(errors).toMatchObject([{ message: 'secret' }])
  })
})
