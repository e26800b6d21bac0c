// Waiting: for a time, and for something to become true.
import { setTimeout } from 'node:timers/promises'

export function pause(milliseconds: number, options: { readonly ref?: boolean } = {}): Promise<void> {
  return setTimeout(milliseconds, undefined, options)
}

/** @returns whether it became true before the patience, in ms, was over */
export async function eventually(isTrue: () => boolean | Promise<boolean>, patience: number, every = 50): Promise<boolean> {
  const end = performance.now() + patience
  while (!(await isTrue())) {
    if (performance.now() > end) return false
    await setTimeout(every)
  }
  return true
}
