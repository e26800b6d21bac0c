// One topic of an endpoint as a thing (what Socket.IO calls a room). Holds nothing: it reads its endpoint.
import type { Connection } from '../connection/connection.js'
import { CloseCode } from '../protocol/close-code.js'
import type { Payload } from '../protocol/payload.js'
import type { Members } from '../registry/members.js'
import type { MessageOptions } from './message-options.js'

/** What a topic needs of its endpoint. */
export interface TopicOwner<Data> {
  membersOf(topic: string): Members<Connection<Data>>
  publish(topic: string, data: Payload, options?: MessageOptions<Data>): number
}

export class Topic<Data> implements Iterable<Connection<Data>> {
  readonly name: string
  readonly #owner: TopicOwner<Data>

  /** @internal */
  constructor(name: string, owner: TopicOwner<Data>) {
    this.name = name
    this.#owner = owner
  }

  /** Subscribers in this process. */
  get size(): number {
    return this.#owner.membersOf(this.name).size
  }

  has(connection: Connection<Data>): boolean {
    return this.#owner.membersOf(this.name).has(connection)
  }

  [Symbol.iterator](): IterableIterator<Connection<Data>> {
    return this.#owner.membersOf(this.name)[Symbol.iterator]()
  }

  /** Sends to all subscribers. @returns how many connections of this process accepted it */
  publish(data: Payload, options?: MessageOptions<Data>): number {
    return this.#owner.publish(this.name, data, options)
  }

  /** Starts the closing handshake with every subscriber. @returns with how many */
  disconnect(code: number = CloseCode.NormalClosure, reason = ''): number {
    let count = 0
    for (const connection of this) if (connection.close(code, reason)) count++
    return count
  }
}
