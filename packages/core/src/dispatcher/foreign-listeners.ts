// The `upgrade` listeners that are not ours: counting them, calling them as Node would, and noticing when none of them reacts.
// It must not know paths, frameworks or answers.
import type { Duplex } from 'node:stream'
import { Deadline, type Scheduler } from './deadline.js'
import { ignoreError } from './farewell.js'
import { rawSocketOf, type Arrival } from './pending-upgrade.js'
import type { UpgradeServer } from './upgrade-server.js'

type Emit = (event: string | symbol, ...values: unknown[]) => boolean

/** What to do when no foreign listener has reacted within `limit` ms. */
export interface Unanswered {
  readonly limit: number
  readonly scheduler: Scheduler
  act(): void
}

export class ForeignListeners {
  readonly #server: UpgradeServer
  readonly #emit: Emit
  // Node treats an upgrade as one only while somebody listens: this listener is there to be counted
  readonly #marker = (): void => {}

  /** `emit` is the server's own: through it `once`, captured rejections and what others have patched keep working. */
  constructor(server: UpgradeServer, emit: Emit) {
    this.#server = server
    this.#emit = emit
    server.on('upgrade', this.#marker)
    server.on('removeListener', (event: string, listener: unknown) => {
      // `removeAllListeners('upgrade')` is how servers take over from one another, and must not switch upgrades off
      if (event === 'upgrade' && listener === this.#marker) server.on('upgrade', this.#marker)
    })
  }

  get count(): number {
    return this.#server.listeners('upgrade').filter((listener) => listener !== this.#marker).length
  }

  // Request, socket and head reach them as Node brought them. Only our error listener stays on the socket up to the deadline: they may all
  // ignore it, and a reset of a socket that nobody guards ends the process
  offer({ request, socket, head }: Arrival, unanswered: Unanswered): void {
    const raw = rawSocketOf({ request, socket })
    const written = raw.bytesWritten
    const deadline = new Deadline(unanswered.scheduler, () => {
      if (!socket.destroyed && raw.bytesWritten === written && !isInUse(socket)) return unanswered.act()
      if (socket.listenerCount('error') > 1) socket.off('error', ignoreError)
    })
    socket.once('close', () => deadline.cancel())
    deadline.start(unanswered.limit)
    this.#emit('upgrade', request, socket, head)
  }
}

function isInUse(socket: Duplex): boolean {
  return socket.writableEnded || socket.listenerCount('data') + socket.listenerCount('readable') > 0
}
