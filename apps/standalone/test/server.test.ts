// Swoole's example over real TCP: two `ws` clients and an HTTP request that speaks to both.

import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createServer } from '../src/server.js'

let lines: string[]
let server: ReturnType<typeof createServer>
let authority: string

beforeEach(async () => {
  lines = []
  server = createServer((line) => lines.push(line))
  authority = `127.0.0.1:${(await server.listen(0, '127.0.0.1')).port}`
})

afterEach(() => server.close())

it('greets, and answers each message', async () => {
  const client = await connected()
  client.send('first')
  client.send(Buffer.from('second'))
  expect([await client.next(), await client.next(), await client.next()]).toEqual(['hello', 'this is server', 'this is server'])
})

it('logs who comes, speaks and goes', async () => {
  const client = await connected()
  client.send('hi')
  await client.next()
  await client.next()
  client.close(1000)
  await expect.poll(() => lines).toHaveLength(3)
  const [connection] = [lines[0]?.split(' ')[1]]
  expect(lines).toEqual([`open: ${connection}`, `message from ${connection}: hi`, `close: ${connection}, 1000`])
})

it('pushes what an HTTP request brings to every established connection', async () => {
  const clients = [await connected(), await connected()]
  for (const client of clients) await client.next()
  const response = await fetch(`http://${authority}/?message=hi`)
  expect([response.status, await response.text()]).toEqual([200, 'pushed to 2\n'])
  for (const client of clients) expect(await client.next()).toBe('hi')
})

it('refuses to push nothing', async () => {
  expect((await fetch(`http://${authority}/`)).status).toBe(400)
})

it('says goodbye with 1001', async () => {
  const client = await connected()
  const closed = client.closed
  await server.close()
  expect((await closed)[0]).toBe(1001)
})

async function connected() {
  const socket = new WebSocket(`ws://${authority}/`)
  const messages: string[] = []
  socket.on('message', (data: Buffer) => messages.push(data.toString()))
  const closed = once(socket, 'close')
  await once(socket, 'open')
  return {
    closed,
    send: (data: string | Buffer) => socket.send(data),
    close: (code: number) => socket.close(code),
    async next() {
      await expect.poll(() => messages.length).toBeGreaterThan(0)
      return messages.shift()
    },
  }
}
