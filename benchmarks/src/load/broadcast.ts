// Load of the broadcast workloads: one connection asks for broadcasts, all receive them; the next round starts when
// everybody has everything. All bytes are compared.
import { pack, Opcode } from '@tocsin/core'
import { BROADCAST } from '../servers/serve.js'
import { Comparison, open } from './client.js'
import type { BroadcastTask, LoadReport } from './task.js'

process.once('message', (task: BroadcastTask) => void run(task))
process.once('disconnect', () => process.exit(0))

async function run(task: BroadcastTask): Promise<void> {
  const ask = pack(`b${task.perTurn}`, { opcode: Opcode.Binary, mask: Buffer.from([1, 2, 3, 4]) })
  const expected = pack(BROADCAST)
  const comparisons: Comparison[] = []
  const sockets = await Promise.all(Array.from({ length: task.connections }, () => open(task.port)))
  let missing = 0
  const startRound = (): void => {
    missing = task.perTurn * sockets.length
    sockets[0]!.write(ask)
  }
  for (const socket of sockets) {
    const comparison = new Comparison(expected)
    comparisons.push(comparison)
    socket.on('data', (chunk) => {
      const before = comparison.count
      comparison.take(chunk as Buffer)
      if ((missing -= comparison.count - before) === 0) startRound()
    })
  }
  process.send!('ready')
  process.once('message', () => {
    const started = performance.now()
    startRound()
    setTimeout(() => {
      const messages = comparisons.reduce((sum, comparison) => sum + comparison.count, 0)
      const report: LoadReport = { messages, elapsed: performance.now() - started }
      process.send!(report, () => process.exit(0))
    }, task.duration)
  })
}
