// The contract that every adapter passes, with Express 5.
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import { type AdapterApp, type Answer, type RunningAdapter, testAdapter, type UpgradeRoute, type Visit } from '@tocsin/testing'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import { describe, test } from 'vitest'
import { attach, upgrade } from '@tocsin/express'
import { errorHandler } from './support/error-handler.js'

testAdapter({ name: 'Express 5', start }, { describe, test })

async function start(contract: AdapterApp): Promise<RunningAdapter> {
  const app = express()
  const server = contract.tls ? createTlsServer(contract.tls, app) : createServer(app)
  contract.onServer(server)
  const tocsin = attach(server, app, { onError: () => {}, ...contract.limits })
  for (const route of contract.upgrades) app.get(route.path, ...handlersOf(route))
  addPages(app, contract)
  app.use(errorHandler((error, _response, next) => { contract.onError(error); next(error) }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, get isReady() { return tocsin.isReady }, close: () => tocsin.close(contract.closing) }
}

function handlersOf({ around, before, endpoint, data }: UpgradeRoute): RequestHandler[] {
  const handlers: RequestHandler[] = []
  if (around) handlers.push((_req, _res, next) => around(next))
  if (before) handlers.push(async (req, res, next) => {
    const answer = await before(visitOf(req, res))
    if (answer) send(res, answer)
    else next()
  })
  return [...handlers, data ? upgrade(endpoint, (req, res) => data(visitOf(req, res))) : upgrade(endpoint)]
}

function addPages(app: Express, { pages }: AdapterApp): void {
  for (const { method, path, answer } of pages) {
    app[method === 'GET' ? 'get' : 'post'](path, async (req, res) => send(res, await answer(visitOf(req, res))))
  }
}

function visitOf(request: Request, response: Response): Visit {
  const setHeader: Visit['setHeader'] = (name, value) => { response.set(name, typeof value === 'string' ? value : [...value]) }
  return { request, response, params: request.params as Record<string, string>, setHeader }
}

function send(response: Response, { status, headers = {}, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.status(status).send(body)
}
