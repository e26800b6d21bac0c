// reply.upgrade(): what a route says about the connection, then the endpoint, then Fastify's own words for whatever is answered.
import type { Connection, Hooked, Respond, UpgradeOptions, WebSocketEndpoint } from '@tocsin/core'
import type { FastifyReply } from 'fastify'
import { connectionIdOf } from './connection-id.js'
import { viewOf } from './view.js'

/** An endpoint whatever its data; `never` is that of a hook which always refuses. */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown` does not fit what its handlers are given
export type AnyEndpoint = WebSocketEndpoint<any> | WebSocketEndpoint<never>

/** What `connection.data` is on an endpoint. */
export type DataOf<Endpoint> = Endpoint extends WebSocketEndpoint<infer Data> ? Data : never

/** What a route passes: nothing where the endpoint decides by a hook of its own, its data otherwise, unless that may be `undefined`. */
export type UpgradeData<Endpoint> = Endpoint extends Hooked
  ? []
  : undefined extends DataOf<Endpoint> ? [data?: DataOf<Endpoint>] : [data: DataOf<Endpoint>]

const REMEDY = 'in tests use fastify.injectWS(); for a server other than fastify.server call dispatchUpgrades(server, fastify.routing)'

export async function upgrade<Endpoint extends AnyEndpoint>(
  this: FastifyReply,
  endpoint: Endpoint,
  ...data: UpgradeData<Endpoint>
): Promise<Connection<DataOf<Endpoint>> | null> {
  const typed = endpoint as WebSocketEndpoint<DataOf<Endpoint>>
  const connection = await attempt(this, typed, data).catch((error: unknown) => report(this, error))
  // Fastify sends what a handler returns, unless it knows that the reply is somebody else's business or done
  if (connection === null) await this
  this.hijack()
  return connection
}

async function attempt<Data>(reply: FastifyReply, endpoint: WebSocketEndpoint<Data>, data: unknown[]): Promise<Connection<Data> | null> {
  const { request, raw } = reply
  const respond: Respond = ({ status, headers, body }) => void reply.code(status).headers(headers).send(body)
  const options: UpgradeOptions<Data> = { view: viewOf(request), remedy: REMEDY, respond }
  const id = request.isUpgrade && { id: connectionIdOf(reply, endpoint.runtime) }
  return endpoint.upgrade(request.raw, raw, { ...options, ...id, ...(data.length > 0 && { data: data[0] as Data }) })
}

/** The mistakes of a route are for the application's error handler; behind a reply, only its log is left. */
function report(reply: FastifyReply, error: unknown): null {
  if (reply.sent) reply.log.error({ err: error }, 'upgraded in vain')
  else reply.send(error)
  return null
}
