// Runs in a process of its own with --expose-gc: thousands of connections come and go, a third of them by reset in the middle
// of an asynchronous `upgrade` hook. Prints the heap after each round, and what is left at the end. argv: core's bundle, cycles.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const { Runtime, WebSocketEndpoint, CloseFrame, pack } = await import(pathToFileURL(process.argv[2]).href)
const CYCLES = Number(process.argv[3])
const [ROUNDS, CONCURRENCY] = [5, 40]

const runtime = new Runtime()
const clients = new Map()
const endpoint = new WebSocketEndpoint({
  runtime,
  upgrade: async (handshake) => {
    const id = handshake.request.url.slice(1)
    if (/^(reset|race)/.test(id)) clients.get(id)?.resetAndDestroy()
    if (id.startsWith('reset')) await new Promise((resolve) => { handshake.signal.addEventListener('abort', resolve) })
    await turn()
    return handshake.accept({ id })
  },
})
const kinds = { open: 0, byServer: 0, refused: 0, error: 0 }
endpoint.on('open', async (connection) => { await turn(); kinds.open++; connection.subscribe('all').send('welcome') })
endpoint.on('message', (connection, message) => {
  connection.send(message)
  if (connection.data.id.startsWith('server')) { kinds.byServer++; connection.close(4000) }
})
endpoint.on('close', () => turn())
endpoint.on('refused', () => { kinds.refused++ })
endpoint.on('error', (error) => { kinds.error++; console.error(error) })
const server = createServer()
endpoint.attach(server)
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve) })
const { port } = server.address()

const head = (id) => `GET /${id} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
const message = pack('hello', { mask: true })
const close = pack(new CloseFrame(1000), { mask: true })

function cycle(id) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    clients.set(id, socket)
    let step = 0
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (step === 0 && chunk.includes('welcome')) { step = 1; socket.write(message) }
      else if (step === 1) { step = 2; socket.write(close) }
    })
    socket.on('close', () => { clients.delete(id); resolve() })
    socket.write(head(id))
  })
}

async function round(number) {
  let next = 0
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while (next < CYCLES) {
      const i = next++
      await cycle(`${['reset', 'client', 'server', 'reset', 'race', 'client'][i % 6]}-${number}-${i}`)
    }
  }))
  while (endpoint.connections.size > 0 || endpoint.stats().pendingHandshakes > 0) await turn()
  // What is still being closed down by Node, or compiled by V8, is no leak: the lowest of several looks counts
  const looks = []
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    globalThis.gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    looks.push({ heapUsed, arrayBuffers })
  }
  return looks.toSorted((a, b) => a.heapUsed - b.heapUsed)[0]
}

const heaps = []
for (let i = 0; i < ROUNDS; i++) heaps.push(await round(i))
const deadlines = runtime.wheel.size
await endpoint.close()
await new Promise((resolve) => { server.close(resolve) })
const resourcesLeft = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FS|Immediate/.test(name))
// Node takes some turns to let go of handles that are closed
for (let i = 0; i < 100 && resourcesLeft().length > 0; i++) await new Promise((resolve) => { setTimeout(resolve, 10) })
const resources = resourcesLeft()
console.log(JSON.stringify({ heaps, kinds, deadlines, resources, stats: endpoint.stats() }))
