// Where a client stands. Types only.
import type { Cut, Link } from './link.js'

export interface Life {
  /** As browsers count: 0 not open (yet, or again), 1 open, 2 closing, 3 closed for good. */
  readyState: 0 | 1 | 2 | 3
  /** The connection, with 1 and 2. */
  link?: Link | undefined
  /** Ends the attempt, or the connection that it led to, at once; nobody reports any more. */
  cut?: Cut | undefined
  /** Between two attempts: ms from the one to the other. */
  delay?: number | undefined
  /** The handlers of `open` have their say before what waits: credentials, say. */
  isNew?: boolean
}
