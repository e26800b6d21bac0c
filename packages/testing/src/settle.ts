// Letting everything run that can run without time passing. Knows the event loop only.

/** Enough for bytes to cross an in-memory transport, be answered, and for the answer to come back. */
const TURNS = 8

/**
 * Resolves after some turns of the event loop: promises have settled, immediates have run, in-memory transports have delivered.
 * No virtual time passes. Real sockets and files need as long as they need: await what you expect of them instead.
 * @param turns @default 8
 */
export async function settle(turns: number = TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => { setImmediate(resolve) })
}
