// How many different messages take turns: compression with a context would find the same one again, and look better than it is.
import type { Workload } from '../workloads/workload.js'

/** More than the 32 KiB of a deflate window. */
const ROTATION = 64 * 1024
const LEAST = 8

export function variantsOf({ size, deflate }: { readonly size: number; readonly deflate: Workload['deflate'] | undefined }): number {
  return deflate === true ? Math.max(LEAST, Math.ceil(ROTATION / size)) : 1
}
