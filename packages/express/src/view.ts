// How Express sees a request where it trusts the proxy in front (`trust proxy`). Reads Express' own answers.
import type { FrameworkView } from '@tocsin/core'
import type { Request } from 'express'

type Trust = (address: string | undefined, hop: number) => boolean

/** Undefined where Express trusts nobody: then the socket, or `trustedProxies` of the endpoint, knows best. */
export function viewOf(request: Request): FrameworkView | undefined {
  const trusts = request.app?.get('trust proxy fn') as Trust | undefined
  if (!trusts?.(request.socket.remoteAddress, 0)) return undefined
  // Without X-Forwarded-Proto, `request.protocol` is the scheme between the proxy and us, which says nothing about the page
  const isProtocolKnown = request.secure || request.get('X-Forwarded-Proto') !== undefined
  return { remoteAddress: request.ip, host: request.host, protocol: isProtocolKnown ? request.protocol : undefined }
}
