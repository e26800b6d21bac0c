// The smallest adapter: a hand-written router over node:http and core's two doors for frameworks. It shows what an adapter has to
// do, and the tests break it on purpose.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { once } from 'node:events'
import { type RequestHandler, dispatchUpgrades } from '@tocsin/core'
import type { AdapterApp, AdapterUnderTest, Answer, PageRoute, RunningAdapter, UpgradeRoute, Visit } from '@tocsin/testing'

export const reference: AdapterUnderTest = { name: 'node:http and dispatchUpgrades', start: (app) => start(app) }

/** What the broken adapters of the tests do differently. */
export interface Parts {
  readonly attach: (server: Server, handle: RequestHandler, app: AdapterApp) => Pick<RunningAdapter, 'isReady' | 'close'>
  readonly upgrade: (route: UpgradeRoute, visit: Visit) => unknown
}

export const parts: Parts = {
  attach(server, handle, { onError, closing, limits }) {
    const tocsin = dispatchUpgrades(server, handle, { onError, ...limits })
    return { get isReady() { return tocsin.isReady }, close: () => tocsin.close(closing) }
  },
  upgrade: ({ endpoint, data }, visit) => endpoint.upgrade(visit.request, visit.response, data ? { data: data(visit) } : {}),
}

export async function start(app: AdapterApp, { attach, upgrade }: Parts = parts): Promise<RunningAdapter> {
  const handle: RequestHandler = (request, response, done) => {
    for (const route of [...app.upgrades, ...app.pages]) {
      const params = match(route, request)
      if (params === undefined) continue
      const visit = visitOf(request, response, params)
      return void ('answer' in route ? answer(route, visit) : runUpgrade(route, visit, upgrade)).catch(done)
    }
    done()
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response, () => send(response, { status: 404, body: 'none' }))
  }
  const server = app.tls === undefined ? createServer(onRequest) : createSecureServer(app.tls, onRequest)
  app.onServer(server)
  const tocsin = attach(server, handle, app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, get isReady() { return tocsin.isReady }, close: () => tocsin.close() }
}

async function runUpgrade({ around = (next) => next(), ...route }: UpgradeRoute, visit: Visit, upgrade: Parts['upgrade']): Promise<void> {
  const runInside = async (): Promise<void> => {
    const refusal = await route.before?.(visit)
    if (refusal === undefined) await upgrade(route, visit)
    else send(visit.response, refusal)
  }
  await new Promise<void>((resolve, reject) => {
    around(() => void runInside().then(resolve, reject))
  })
}

async function answer({ answer: make }: PageRoute, visit: Visit): Promise<void> {
  send(visit.response, await make(visit))
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (typeof body === 'object') response.setHeader('Content-Type', 'application/json')
  response.writeHead(status).end(typeof body === 'object' ? JSON.stringify(body) : body)
}

function match(route: UpgradeRoute | PageRoute, { method, url = '' }: IncomingMessage): Record<string, string> | undefined {
  const [wanted, given] = [route.path.split('/'), url.split('?')[0]!.split('/')]
  const params: Record<string, string> = {}
  if (method !== ('method' in route ? route.method : 'GET') || wanted.length !== given.length) return undefined
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[i]!)
    else if (part !== given[i]) return undefined
  }
  return params
}

function visitOf(request: IncomingMessage, response: ServerResponse, params: Record<string, string>): Visit {
  return { request, response, params, setHeader: (name, value) => { response.setHeader(name, value) } }
}
