// How Fastify sees a request where it trusts the proxy in front (`trustProxy`). Reads Fastify's own answers.
import type { FrameworkView } from '@tocsin/core'
import type { FastifyRequest } from 'fastify'

/** Undefined where Fastify trusts nobody: then the socket, or `trustedProxies` of the endpoint, knows best. */
export function viewOf(request: FastifyRequest): FrameworkView | undefined {
  if (request.ips === undefined) return undefined
  // Without X-Forwarded-Proto, 'http' is the scheme between the proxy and us, which says nothing about the page
  const isProtocolKnown = request.protocol !== 'http' || request.headers['x-forwarded-proto'] === 'http'
  return { remoteAddress: request.ip, host: request.host || undefined, protocol: isProtocolKnown ? request.protocol : undefined }
}
