// A WebSocket server as a process that can be killed: it waits for a port on its input, listens there, and writes each message that
// comes to the end of a file before it echoes it. What a process has written survives its SIGKILL. By hand, on node:net alone: a
// hundred of them are started, and whatever else they loaded would be most of the time.
import { createHash } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'

const CLOSE = 8
const PING = 9
const PONG = 10
const file = openSync(process.argv[2], 'a')

const acceptKey = (key) => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** Below 126 bytes: of a long message, its beginning. */
const frame = (opcode, payload) => Buffer.concat([Buffer.of(0x80 | opcode, Math.min(payload.length, 125)), payload.subarray(0, 125)])

/** One frame of a client from the front of the bytes; undefined: it is not whole yet. */
function parse(bytes) {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 0x7f
  const start = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0)
  if (bytes.length < start) return undefined
  const size = short === 127 ? bytes.readUInt32BE(6) : short === 126 ? bytes.readUInt16BE(2) : short
  const end = start + 4 + size
  if (bytes.length < end) return undefined
  const payload = Buffer.from(bytes.subarray(start + 4, end))
  for (let at = 0; at < size; at++) payload[at] ^= bytes[start + (at & 3)]
  return { opcode: bytes[0] & 0x0f, payload, rest: bytes.subarray(end) }
}

function onFrame(socket, { opcode, payload }) {
  if (opcode === PING) return socket.write(frame(PONG, payload))
  if (opcode === CLOSE) return socket.end(frame(CLOSE, payload))
  writeSync(file, `${payload.toString().trim()}\n`)
  socket.write(frame(opcode, payload))
}

function onConnection(socket) {
  let bytes = Buffer.alloc(0)
  let isOpen = false
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    if (!isOpen) {
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      const [, key] = /Sec-WebSocket-Key: (\S+)/.exec(bytes.toString('latin1', 0, end))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`)
      bytes = bytes.subarray(end + 4)
      isOpen = true
    }
    for (let next = parse(bytes); next !== undefined; next = parse(bytes)) {
      bytes = next.rest
      onFrame(socket, next)
    }
  })
}

process.stdin.once('data', (port) => {
  const server = createServer(onConnection)
  server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
})
