// What controllers, services and queue workers inject to speak to connections. Knows gateways by their classes.
import { Injectable, type Type } from '@nestjs/common'
import { UsageError } from '@tocsin/core'
import type { GatewayEndpoint, Sendable } from '../gateway/gateway-endpoint.js'
import type { GatewayGroup } from '../gateway/gateway-group.js'

/** What a gateway's class says about its connections: the type of `connection.data`. */
export type DataOf<Gateway> = Gateway extends { handleUpgrade(...values: never[]): infer Data } ? Awaited<Data> : unknown

@Injectable()
export class Tocsin {
  #groups: readonly GatewayGroup[] | undefined
  #isReady = (): boolean => false

  /** @internal */
  adopt(groups: readonly GatewayGroup[], isReady: () => boolean): void {
    this.#groups = groups
    this.#isReady = isReady
  }

  /** As the adapter's. */
  get isReady(): boolean {
    return this.#isReady()
  }

  /**
   * The endpoint of a gateway: its connections, topics, `broadcast()`, `publish()`, `stats()`. Gateways on one path share it.
   * @throws UsageError before `app.useWebSocketAdapter(new TocsinAdapter(app))`, and for a class that is no gateway of this application
   */
  endpoint<Gateway>(gateway: Type<Gateway>): GatewayEndpoint<DataOf<Gateway>> {
    const group = this.#adopted().find(({ gateways }) => gateways.some(({ type }) => type === gateway))
    if (group === undefined) throw new UsageError('WS_ERR_NO_GATEWAY', `${gateway.name} is not a gateway of this application`)
    return group.endpoint as GatewayEndpoint<DataOf<Gateway>>
  }

  /** Sends a message to every connection of every gateway. @returns how many connections of this process accepted it */
  broadcast(message: Sendable): number {
    return this.#sum((group) => group.broadcast(message))
  }

  /** Sends a message to the subscribers of a topic, in every gateway. @returns how many connections of this process accepted it */
  publish(topic: string, message: Sendable): number {
    return this.#sum((group) => group.publish(topic, message))
  }

  /** One endpoint may serve several paths. */
  #sum(send: (group: GatewayGroup) => number): number {
    const byEndpoint = new Map(this.#adopted().map((group) => [group.endpoint, group]))
    return [...byEndpoint.values()].reduce((count, group) => count + send(group), 0)
  }

  #adopted(): readonly GatewayGroup[] {
    if (this.#groups !== undefined) return this.#groups
    throw new UsageError('WS_ERR_NO_ADAPTER', 'call app.useWebSocketAdapter(new TocsinAdapter(app)) before app.listen()')
  }
}
