// The last answer on a socket: written whole, then FIN, then what the peer still sends is read and thrown away until it closes,
// because closing over unread bytes makes TCP reset the connection and the peer may lose the answer.
import type { Duplex } from 'node:stream'
import { Deadline, type Scheduler } from './deadline.js'

/** How long the peer may take to close after it was given the whole answer, in ms. */
const LINGER = 1_000
/** How long the peer may take to accept the answer itself, in ms. */
const FLUSH = 10_000

/** The listener that keeps a raw socket from crashing the process: whoever needs the news hears of it by `close`. */
export function ignoreError(): void {}

export function guard(socket: Duplex): void {
  if (!socket.listeners('error').includes(ignoreError)) socket.on('error', ignoreError)
}

/** Ends the socket after `answer`; nothing else may be written to it afterwards. */
export function farewell(socket: Duplex, answer: Buffer | undefined, scheduler: Scheduler): void {
  guard(socket)
  if (socket.destroyed) return
  const deadline = new Deadline(scheduler, () => socket.destroy())
  socket.once('close', () => deadline.cancel())
  socket.once('finish', () => deadline.start(LINGER))
  deadline.start(FLUSH)
  if (!socket.writableEnded) socket.end(answer)
  socket.resume()
}
