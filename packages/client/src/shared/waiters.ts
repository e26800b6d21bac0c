// Who waits for a state: asked at each change, until they have what they waited for.

export interface WaitersOwner {
  flush(): void
  deliver(): void
}

export interface Waiters {
  /** Something has changed, or the link can take more. */
  update(): void
  /** @param answer as long as it is none, it is waited for */
  until<T>(answer: () => T | Promise<T> | undefined | false): Promise<T>
}

export function createWaiters(owner: WaitersOwner): Waiters {
  let waiters: (() => boolean)[] = []
  const update = (): void => {
    owner.flush()
    waiters = waiters.filter((isWaiting) => isWaiting())
    owner.deliver()
  }
  return {
    update,
    until: (answer) => new Promise((resolve) => {
      waiters.push(() => {
        const value = answer()
        if (value) resolve(value)
        return !value
      })
      update()
    }),
  }
}
