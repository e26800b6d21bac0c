// How a framework sees a request, laid over our own view. Values only.
import { plainAddress, schemeOf, viewOf } from '../dispatcher/request-view.js'
import type { RequestView } from '../handshake/origin.js'

/** How a framework sees a request, in its own words: what is absent, or no scheme of HTTP, it does not know. */
export type FrameworkView = { readonly [Fact in keyof RequestView]?: string | undefined }

/** The facts that a framework knows replace ours. */
export function overlayView(view: RequestView, stated: FrameworkView = {}): RequestView {
  const { protocol, host, remoteAddress } = stated
  return { ...view, ...viewOf({ protocol: schemeOf(protocol), host, remoteAddress: plainAddress(remoteAddress) }) }
}
