// The id of a connection before there is one: so that the request's logger can carry it from the first hook on.
import { processRuntime, type Runtime } from '@tocsin/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

const ID = Symbol('tocsin.connectionId')

/** Binds a new id to the request's logger, as `connectionId`. */
export function nameConnection(request: FastifyRequest, reply: FastifyReply, runtime: Runtime = processRuntime()): string {
  const id = runtime.createId()
  Reflect.set(request, ID, id)
  request.log = reply.log = request.log.child({ connectionId: id })
  return id
}

/** The id that the logger carries; a new one where the endpoint belongs to another runtime, so that its ids lead to it. */
export function connectionIdOf(reply: FastifyReply, runtime: Runtime): string {
  const id = Reflect.get(reply.request, ID) as string | undefined
  return id !== undefined && runtime === processRuntime() ? id : nameConnection(reply.request, reply, runtime)
}
