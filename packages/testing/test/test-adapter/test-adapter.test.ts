// The contract suite itself: the reference adapter passes it, and an adapter that forgets something does not.
import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { dispatchUpgrades } from '@tocsin/core'
import { type AdapterUnderTest, testAdapter } from '@tocsin/testing'
import { type Parts, parts, reference, start } from './reference-adapter.js'

testAdapter(reference, { describe, test })

/** The reference adapter with one part replaced. */
function broken(part: Partial<Parts>): AdapterUnderTest['start'] {
  return (app) => start(app, { ...parts, ...part })
}

/** Runs the tests whose title holds one of `titles`. @returns the titles of those that failed */
async function failuresOf(adapter: AdapterUnderTest, titles: readonly string[]): Promise<string[]> {
  const registered: { title: string; body: () => Promise<void> }[] = []
  testAdapter(adapter, { describe: (_title, body) => body(), test: (title, body) => registered.push({ title, body }) })
  const chosen = titles.map((part) => registered.filter(({ title }) => title.includes(part)))
  for (const [i, found] of chosen.entries()) expect(found.length, titles[i]).toBeGreaterThan(0)
  const outcomes = await Promise.all(chosen.flat().map(({ title, body }) => body().then(() => [], () => [title])))
  return outcomes.flat()
}

interface Mutant {
  readonly forgets: string
  readonly start: AdapterUnderTest['start']
  /** Parts of the titles of tests that must notice. */
  readonly noticedBy: readonly string[]
  /** And of one that has nothing to do with it. */
  readonly unnoticedBy: string
}

async function closeAtOnce(server: Server): Promise<void> {
  const closed = new Promise((resolve) => { server.close(resolve) })
  server.closeAllConnections()
  await closed
}

const outside = new AsyncResource('outside of every request')

const mutants: readonly Mutant[] = [
  {
    forgets: 'to hand upgrades to the framework',
    start: broken({ attach: (server) => ({ isReady: true, close: () => closeAtOnce(server) }) }),
    noticedBy: ['C5 a path parameter', 'C1 an upgrade of an unknown path', 'A7'],
    unnoticedBy: 'C5 a plain request',
  },
  {
    forgets: 'the middleware of its routes',
    start: (app) => start({ ...app, upgrades: app.upgrades.map(({ before: _, ...route }) => route) }),
    noticedBy: ['C5 header fields and cookies', 'C5 middleware refuses', 'C8'],
    unnoticedBy: 'C1 two routes',
  },
  {
    forgets: 'what the route says about the connection',
    start: broken({ upgrade: ({ endpoint }, { request, response }) => endpoint.upgrade(request, response, { data: {} }) }),
    noticedBy: ['C5 a path parameter', 'C1 two routes', 'A5'],
    unnoticedBy: 'A35',
  },
  {
    forgets: 'the header fields that middleware has set',
    start: broken({
      upgrade(route, visit) {
        for (const name of visit.response.getHeaderNames()) visit.response.removeHeader(name)
        return parts.upgrade(route, visit)
      },
    }),
    noticedBy: ['C5 header fields and cookies'],
    unnoticedBy: 'C5 a path parameter',
  },
  {
    forgets: 'the async context',
    start: broken({ upgrade: (route, visit) => outside.runInAsyncScope(() => parts.upgrade(route, visit)) }),
    noticedBy: ['C5 handlers run in the async context'],
    unnoticedBy: 'C5 a path parameter',
  },
  {
    forgets: 'that the listeners on the socket are not its own',
    start: broken({
      attach: (server, handle, app) => parts.attach(server, (request, response, done) => {
        setImmediate(() => request.socket.removeAllListeners('end'))
        return handle(request, response, done)
      }, app),
    }),
    noticedBy: ['C2 FIN'],
    unnoticedBy: 'C5 a path parameter',
  },
  {
    forgets: 'that errors are not for the peer',
    start: broken({
      attach(server, handle, { onError, closing }) {
        const tocsin = dispatchUpgrades(server, (request, response, done) => handle(request, response, (error) => {
          if (error === undefined) return done()
          onError(error)
          response.writeHead(500).end(String(error))
        }))
        return { isReady: true, close: () => tocsin.close(closing) }
      },
    }),
    noticedBy: ['exception text: the route', 'exception text: asynchronous'],
    unnoticedBy: 'C5 middleware refuses',
  },
  {
    forgets: 'to tell the application about errors',
    start: broken({ attach: (server, handle, app) => parts.attach(server, handle, { ...app, onError() {} }) }),
    noticedBy: ['exception text: the route', 'exception text: asynchronous'],
    unnoticedBy: 'C5 middleware refuses',
  },
  {
    forgets: 'that others listen on the same server',
    start: broken({
      attach(server, handle, app) {
        server.on('upgrade', ({ url = '' }: IncomingMessage, socket: Duplex) => {
          if (!app.upgrades.some(({ path }) => path === url)) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
        })
        return parts.attach(server, handle, app)
      },
    }),
    noticedBy: ['attached before', 'attached after'],
    unnoticedBy: 'C1 two routes',
  },
  {
    forgets: 'to say goodbye',
    start: broken({
      attach(server, handle, app) {
        const sockets = new Set<Duplex>()
        server.on('connection', (socket: Duplex) => sockets.add(socket))
        parts.attach(server, handle, app)
        return {
          isReady: true,
          close() {
            for (const socket of sockets) socket.destroy()
            return closeAtOnce(server)
          },
        }
      },
    }),
    noticedBy: ['C9 the adapter\'s close'],
    unnoticedBy: 'C9 `server.close()`',
  },
  {
    forgets: 'the limits of the server',
    start: (app) => start({ ...app, limits: {} }),
    noticedBy: ['A27 over maxConnections', 'SECURITY caps: the address', 'SECURITY caps: pending'],
    unnoticedBy: 'C5 a path parameter',
  },
  {
    forgets: 'its deadline',
    start: broken({ attach: (server, handle, app) => parts.attach(server, handle, { ...app, closing: { deadline: 60_000 } }) }),
    noticedBy: ['cut at the deadline'],
    unnoticedBy: 'C9 the adapter\'s close',
  },
  {
    forgets: 'that it takes time to notice',
    start: broken({ attach: (server, handle, app) => parts.attach(server, handle, { ...app, closing: { ...app.closing, readinessDelay: 0 } }) }),
    noticedBy: ['C9 readiness'],
    unnoticedBy: 'C9 the adapter\'s close',
  },
  {
    forgets: 'that not all should come back at once',
    start: broken({ attach: (server, handle, app) => parts.attach(server, handle, { ...app, closing: { deadline: app.closing.deadline } }) }),
    noticedBy: ['C9 readiness', 'C9 with a `spread`'],
    unnoticedBy: 'C9 the adapter\'s close',
  },
]

describe('a broken adapter does not pass', () => {
  test.concurrent.each(mutants)('one that forgets $forgets', async ({ start, noticedBy, unnoticedBy }) => {
    const failures = await failuresOf({ name: 'broken', start }, [...noticedBy, unnoticedBy])
    expect(failures).toEqual(noticedBy.map((title) => expect.stringContaining(title)))
  })
})
