// Forced garbage collection, without a flag on the command line.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { turns } from './wait.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Collects until nothing more goes: finalizers and weak references need turns of the loop. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    await turns(1)
    gc()
  }
}
