// Runs in a process of its own with --expose-gc: what peers that never read cost a server, in bytes of ArrayBuffers.
// argv: core's bundle, then 'broadcast', readers, others; or 'unicast', busy readers. Prints a report in JSON.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const { WebSocketEndpoint } = await import(pathToFileURL(process.argv[2]).href)
const kind = process.argv[3]
const [readers, others] = [Number(process.argv[4]), Number(process.argv[5])]
const MIB = 1024 * 1024

/** The lowest of several looks: what Node has not let go of yet is nobody's growth. */
async function arrayBuffers() {
  let least = Infinity
  for (let i = 0; i < 4; i++) {
    globalThis.gc()
    await pause(5)
    least = Math.min(least, process.memoryUsage().arrayBuffers)
  }
  return least
}

async function serve(options) {
  const endpoint = new WebSocketEndpoint({ origins: 'any', heartbeat: false, pushOnly: true, ...options })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  const peers = fork(fileURLToPath(new URL('peers.mjs', import.meta.url)), [port, readers, others].map(String))
  await once(peers, 'message')
  const received = async () => { peers.send('?'); return (await once(peers, 'message'))[0] }
  return { endpoint, peers, received }
}

async function finish({ endpoint, peers }, report) {
  console.log(JSON.stringify({ ...report, stats: endpoint.stats() }))
  for (const connection of endpoint.connections) connection.terminate()
  await endpoint.close()
  peers.disconnect()
}

/** Ten messages of 1 MiB to all; each waits until those who read have it. */
async function broadcast() {
  const all = await serve({ maxBufferedAmount: 2.5 * MIB, slowConsumer: 'drop-oldest' })
  const { endpoint, received } = all
  const before = await arrayBuffers()
  let [most, mostBuffered] = [0, 0]
  const accepted = []
  for (let i = 1; i <= 10; i++) {
    accepted.push(endpoint.broadcast(Buffer.alloc(MIB, i)))
    while (await received() < i * (MIB + 10)) await pause(5)
    most = Math.max(most, await arrayBuffers() - before)
    for (const connection of endpoint.connections) mostBuffered = Math.max(mostBuffered, connection.bufferedAmount)
  }
  const rss = process.memoryUsage().rss
  await finish(all, { accepted, most, mostBuffered, received: await received(), rss })
}

/** Small messages to everybody in turn, one by one, long after the kernel takes no more for the one who does not read. */
async function unicast() {
  const all = await serve({ maxBufferedAmount: MIB, slowConsumer: 'drop-oldest' })
  const { endpoint, received } = all
  const message = Buffer.alloc(1_000, 'x')
  const stalled = [...endpoint.connections].at(-1)
  let [turns, before, most] = [0, 0, 0]
  const warmUp = async () => { for (let i = 0; i < 400; i++) await turn() }
  const turn = async () => {
    for (let i = 0; i < 20; i++) for (const connection of endpoint.connections) if (connection !== stalled || turns > 400) connection.send(message)
    turns++
    await new Promise((resolve) => { setImmediate(resolve) })
    for (const connection of endpoint.connections) if (connection !== stalled) await connection.drained()
  }
  await warmUp()
  before = await arrayBuffers()
  while (stalled.info.messagesDropped < 20_000) {
    for (let i = 0; i < 250; i++) await turn()
    most = Math.max(most, await arrayBuffers() - before)
  }
  while (await received() < turns * 20 * 1_004) await pause(5)
  const { bufferedAmount, bufferedMessages } = stalled.info
  await finish(all, { most, bufferedAmount, bufferedMessages, turns })
}

await { broadcast, unicast }[kind]()
