// The public face of the endpoint's class: the same class, but its type remembers whether it decides by a hook of its own, so that
// a route that forgets its data does not compile. Types only.
import { WebSocketEndpoint as Class } from './endpoint.js'
import type { EndpointOptions } from './options.js'

/** What the type of an endpoint says that was made with an `upgrade` hook: a route passes no data to it. */
export interface Hooked {
  readonly hasUpgradeHook: true
}

interface EndpointConstructor {
  new <Data>(options: EndpointOptions<Data> & Required<Pick<EndpointOptions<Data>, 'upgrade'>>): Class<Data> & Hooked
  new <Data = undefined>(options?: EndpointOptions<Data>): Class<Data>
}

export type WebSocketEndpoint<Data = undefined> = Class<Data>
export const WebSocketEndpoint: EndpointConstructor = Class as EndpointConstructor
