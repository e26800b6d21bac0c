// The life of a client: one connection after the other, and what is told of each. Knows no frames, no sockets, no Node and no browser.
import { type AttemptsOwner, createAttempts, fail } from './attempts.js'
import type { ClientEvents, CloseEvent, OpenEvent } from './events.js'
import type { Link, LinkEnd } from './link.js'
import type { ReconnectOptions } from './reconnect-policy.js'
import type { UrlOption } from './options.js'
import type { Unconfirmed } from './outgoing.js'

export interface LifecycleOwner<Target> extends AttemptsOwner<Target> {
  /** The last of each. */
  opened?: OpenEvent
  closed?: CloseEvent
  emit<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void
  until(answer: () => boolean): Promise<unknown>
  waiting(): number
  detach(end: LinkEnd): Unconfirmed
}

export interface Lifecycle {
  onOpen(link: Link): void
  onEnd(end: LinkEnd): void
  /** A closing handshake, behind what waits to be sent; at once where there is no connection. @param delay until the next attempt */
  close(delay: number, code?: number, reason?: string): void
  /** Ends at once, and for good. */
  terminate(error?: Error): void
}

/** No attempt comes after that. */
export const NEVER = Infinity

/** @throws UsageError */
export function createLifecycle<Target>(owner: LifecycleOwner<Target>, url: UrlOption): Lifecycle {
  const { platform, options } = owner
  const { closeTimeout = 10_000 } = options
  const { stableAfter = 5_000 } = (options.reconnect ?? {}) as ReconnectOptions
  /** The delay that the application wants after the connection that goes on now. */
  let wish: number | undefined
  let failures = 0
  const [enter, wait] = createAttempts(owner, url)
  const terminate = (error?: Error): void => {
    if (owner.readyState < 3) {
      wish = NEVER
      // Between two attempts the last connection's end was the end.
      if (owner.delay && !error) owner.onEnd(owner.closed!)
      else fail(owner, error)
    }
  }

  return {
    terminate,
    close(delay, code = 1000, reason = '') {
      const { link, readyState } = owner
      platform.checkClose(code, reason)
      if (link) {
        wish = delay
        if (readyState < 2) {
          enter(2, closeTimeout, () => fail(owner))
          void owner.until(() => !owner.waiting()).then(() => link.close(code, reason))
        }
      } else if (delay === NEVER) terminate()
      else if (readyState || owner.delay !== undefined) wait(delay)
    },
    onOpen(link) {
      // A connection that lasts begins the delays anew.
      enter(1, stableAfter, () => { failures = 0 })
      owner.isNew = true
      owner.link = link
      owner.opened = { response: link.response, reconnected: !!owner.opened }
      owner.emit('open', owner.opened)
      owner.isNew = false
      owner.update()
    },
    onEnd(end) {
      const { error } = end
      const waited = owner.delay
      owner.cut?.(error)
      owner.cut = owner.link = undefined
      const delay = wish ?? platform.nextDelay(options, end, failures)
      wish = undefined
      const event = (owner.closed = { ...end, final: delay === NEVER, unconfirmed: owner.detach(end) })
      if (event.final) enter(3)
      else wait(delay)
      if (error && waited === undefined) owner.emit('error', error)
      // A handler that has closed the client has had its own, last event; and handlers may have changed what comes next.
      if (owner.closed === event) owner.emit('close', event)
      if (owner.closed !== event) return
      if (owner.readyState) owner.update()
      else if (owner.delay !== undefined) owner.emit('reconnecting', { attempt: ++failures, delay: owner.delay, cause: event })
    },
  }
}
