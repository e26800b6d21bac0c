// 512 MiB of messages of one size, in a heap of its own: how often V8 collected what.
import { PerformanceObserver, constants } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

const { Runtime } = await import(process.argv[2])
const size = Number(process.argv[3])
const MIB = 1024 * 1024
const count = { minor: 0, major: 0 }
const observer = new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) count.minor++
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count.major++
  }
})
observer.observe({ entryTypes: ['gc'] })
const memory = new Runtime().messageMemory
const bytes = Buffer.alloc(size)
for (let total = 0; total < 512 * MIB; total += size) {
  memory.copy(bytes)
  if (total % (4 * MIB) === 0) await setTimeout(1)
}
await setTimeout(100)
console.log(JSON.stringify(count))
