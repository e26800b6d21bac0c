// What is inside a client: parts that each keep their own state, and know of the others what their owners' types say.
import { systemClock } from './clock.js'
import { type Emitter, createEmitter } from './emitter.js'
import type { ClientEvents } from './events.js'
import { type Inbox, createInbox } from './inbox.js'
import { type Lifecycle, type LifecycleOwner, createLifecycle } from './lifecycle.js'
import type { ClientOptions, UrlOption } from './options.js'
import { type Outgoing, createOutgoing } from './outgoing.js'
import type { Platform } from './platform.js'
import { type Waiters, createWaiters } from './waiters.js'

export type Engine<Target> = LifecycleOwner<Target> & Lifecycle & Emitter<ClientEvents> & Waiters & Inbox & Outgoing

/** @throws UsageError */
export function createEngine<Target>(platform: Platform<Target>, url: UrlOption, options: ClientOptions): Engine<Target> {
  const engine = { platform, options, clock: options.clock ?? systemClock } as Engine<Target>
  return Object.assign(engine, createEmitter(), createWaiters(engine), createInbox(engine), createOutgoing(engine), createLifecycle(engine, url))
}
