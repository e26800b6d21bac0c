// Waiting for what is bound to happen; the limit only ends a test that has failed.

const LIMIT = 5_000

export async function until(condition: () => boolean, what: string | (() => string) = 'the condition'): Promise<void> {
  const deadline = Date.now() + LIMIT
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => { setTimeout(resolve, 1) })
  }
}

/** Lets the event loop turn: everything that is ready happens. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => { setImmediate(resolve) })
}

/** A promise and its two ends. */
export interface Gate {
  readonly promise: Promise<void>
  readonly open: () => void
  readonly fail: (error: unknown) => void
}

/** Something that an asynchronous handler waits for until the test lets it go on. */
export function gate(): Gate {
  let open!: () => void
  let fail!: (error: unknown) => void
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}
