// An application of the contract suite, built as a Fastify user builds one.
import type { AdapterApp, Answer, PageRoute, RunningAdapter, UpgradeRoute, Visit } from '@tocsin/testing'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { websocket } from '@tocsin/fastify'

export async function start(app: AdapterApp): Promise<RunningAdapter> {
  const instance = (app.tls === undefined ? fastify() : fastify({ https: app.tls })) as FastifyInstance
  app.onServer(instance.server)
  await instance.register(websocket, { ...app.closing, ...app.limits })
  instance.setErrorHandler((error, _request, reply) => {
    app.onError(error)
    reply.send(error)
  })
  for (const route of app.upgrades) addUpgrade(instance, route)
  for (const page of app.pages) addPage(instance, page)
  await instance.listen({ port: 0, host: '127.0.0.1' })
  const close = async (): Promise<void> => {
    if (app.closing.readinessDelay !== undefined) await instance.tocsin.drain()
    await instance.close()
  }
  return { server: instance.server, get isReady() { return instance.tocsin.isReady }, close }
}

function addUpgrade(instance: FastifyInstance, { path, around, before, endpoint, data }: UpgradeRoute): void {
  instance.route({
    method: 'GET',
    url: path,
    onRequest: around ? (_request, _reply, done) => around(done) : [],
    async preHandler(request, reply) {
      const answer = await before?.(visitOf(request, reply))
      if (answer) return send(reply, answer)
    },
    handler: (request, reply) => (data ? reply.upgrade(endpoint, data(visitOf(request, reply))) : reply.upgrade(endpoint)),
  })
}

function addPage(instance: FastifyInstance, { method, path, answer }: PageRoute): void {
  instance.route({ method, url: path, handler: async (request, reply) => send(reply, await answer(visitOf(request, reply))) })
}

function send(reply: FastifyReply, { status, headers = {}, body }: Answer): FastifyReply {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  return reply.code(status).send(body)
}

function visitOf(request: FastifyRequest, reply: FastifyReply): Visit {
  return {
    request: request.raw,
    response: reply.raw,
    params: request.params as Record<string, string>,
    setHeader: (name, value) => void reply.header(name, value),
  }
}
