// SECURITY, exception text: what an application did not mean for a client must not reach the peer of an upgrade. Fastify's default error
// handler would send it; what an error handler of the application sends is the application's word and goes out.
import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'

export function concealErrors(fastify: FastifyInstance): void {
  const failures = new WeakMap<FastifyReply, Failure>()
  // oxlint-disable-next-line max-params -- Fastify knows a hook that calls back by its four parameters
  fastify.addHook('onError', (request, reply, error, done) => {
    if (request.isUpgrade) failures.set(reply, new Failure(reply, error))
    done()
  })
  // oxlint-disable-next-line max-params
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const isExposed = failures.get(reply)?.isExposed ?? false
    done(null, isExposed ? bareBody(reply.statusCode) : payload)
  })
}

/** Watches what is sent after an error: the error itself is what nobody has turned into an answer. */
class Failure {
  readonly #error: unknown
  #sent: unknown

  constructor(reply: FastifyReply, error: unknown) {
    this.#error = error
    const send = reply.send.bind(reply) as (payload?: unknown) => FastifyReply
    reply.send = (payload?: unknown) => {
      this.#sent = payload
      return send(payload)
    }
  }

  /** Whether the reply's body is about to be the text of an exception. */
  get isExposed(): boolean {
    return (this.#sent === this.#error || this.#sent instanceof Error) && !isForClients(this.#sent)
  }
}

/** An error that carries a status below 500, such as one of validation, was made for the client. */
function isForClients(error: unknown): boolean {
  const { statusCode, status } = Object(error) as { statusCode?: unknown; status?: unknown }
  return [statusCode, status].some((own) => typeof own === 'number' && own >= 400 && own < 500)
}

/** As Fastify's own, without the message. */
function bareBody(statusCode: number): string {
  const error = STATUS_CODES[statusCode]
  return JSON.stringify({ statusCode, error, message: error })
}
