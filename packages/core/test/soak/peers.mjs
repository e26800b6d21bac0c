// Clients in a process of their own: some read everything and count it, some never read. argv: port, readers, others.
// Says 'ready', then the least that any of its readers has got, whenever it is asked.
import { connect } from 'node:net'

const [port, readers, others] = process.argv.slice(2).map(Number)
const HEAD = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

function dial() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.once('data', (chunk) => { resolve({ socket, bytes: chunk.length - chunk.indexOf('\r\n\r\n') - 4 }) })
    socket.write(HEAD)
  })
}

async function dialAll(count) {
  const all = []
  while (all.length < count) all.push(...await Promise.all(Array.from({ length: Math.min(50, count - all.length) }, dial)))
  return all
}

const good = await dialAll(readers)
for (const one of good) one.socket.on('data', (chunk) => { one.bytes += chunk.length })
for (const { socket } of await dialAll(others)) socket.pause()
process.on('message', () => { process.send(good.reduce((least, { bytes }) => Math.min(least, bytes), Infinity)) })
process.on('disconnect', () => process.exit())
process.send('ready')
