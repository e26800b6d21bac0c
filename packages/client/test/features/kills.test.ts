// Through 100 kills of a real server, over real TCP: no message that waits is lost or sent twice, and what was handed to a connection
// that then died is reported. Nothing here depends on how long anything takes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { WebSocketClient } from '../../src/index.js'

const SERVER = fileURLToPath(new URL('../support/recording-server.mjs', import.meta.url))
const KILLS = 100

const folder = mkdtempSync(join(tmpdir(), 'tocsin-kills-'))
const record = join(folder, 'record')
const children = new Set<ChildProcess>()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

function spawnServer(): ChildProcess {
  const child = spawn(process.execPath, [SERVER, record], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.add(child)
  return child
}

async function listen(child: ChildProcess, port: number): Promise<number> {
  child.stdin!.write(`${port}`)
  return Number(String((await once(child.stdout!, 'data') as [Buffer])[0]))
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child)
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

it(`${KILLS} kills`, { timeout: 300_000 }, async () => {
  // A process takes its time to start: some are always on their way.
  const spares = Array.from({ length: 6 }, spawnServer)
  const nextServer = (): ChildProcess => {
    spares.push(spawnServer())
    return spares.shift()!
  }
  let server = nextServer()
  const port = await listen(server, 0)
  const client = new WebSocketClient(`ws://127.0.0.1:${port}/`, { reconnect: 2, pingInterval: 20, maxQueueSize: 1 << 26, maxQueueAge: Infinity })
  const unconfirmed = new Set<number>()
  let deaths = 0
  client.on('close', (event) => {
    if (event.final) return
    deaths += event.unconfirmed.count > 0 ? 1 : 0
    expect(event.unconfirmed.messages).toHaveLength(event.unconfirmed.count)
    for (const message of event.unconfirmed.messages) {
      const number = Number.parseInt(String(message), 10)
      expect(unconfirmed.has(number)).toBe(false)
      unconfirmed.add(number)
    }
  })
  let sent = 0
  const say = (count: number, size: number): void => {
    for (const end = sent + count; sent < end; sent++) expect(client.send(`${sent}`.padEnd(size))).toBe(true)
  }
  const next = (event: 'open' | 'message'): Promise<void> => new Promise((resolve) => {
    const handler = (): void => {
      client.off(event, handler)
      resolve()
    }
    client.on(event, handler)
  })

  for (let round = 0; round < KILLS; round++) {
    // Every tenth server dies before anybody may have reached it; the others answer at least once.
    if (round % 10 !== 9) {
      await client.opened
      const answered = next('message')
      say(5, 10)
      await answered
      // Some then stop reading: what is sent ends in buffers, and of some so much that it ends in the queue.
      if (round % 3 === 0) server.kill('SIGSTOP')
      say(20, round % 12 === 0 ? 400_000 : 1_000)
      if (round % 2 === 0) await new Promise(setImmediate)
    }
    const dead = client.readyState === 1 ? new Promise((resolve) => { client.on('close', resolve) }) : undefined
    await kill(server)
    await dead
    say(5, 100)
    server = nextServer()
    await listen(server, port)
  }
  await client.opened
  say(5, 10)
  const end = await client.close()

  expect(end).toMatchObject({ code: 1000, clean: true, initiator: 'local', unconfirmed: { count: 0 } })
  const lines = readFileSync(record, 'utf8').split('\n')
  const received = lines.filter((line) => line !== '').map((line) => Number.parseInt(line, 10))
  // None twice, and none out of order.
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b))
  // None lost without a word.
  const arrived = new Set(received)
  expect(Array.from({ length: sent }, (_, number) => number).filter((number) => !arrived.has(number) && !unconfirmed.has(number))).toEqual([])
  // Some were really lost, and some were in doubt that had arrived; otherwise this would show nothing.
  expect([...unconfirmed].some((number) => !arrived.has(number))).toBe(true)
  expect(deaths).toBeGreaterThan(KILLS / 2)
  expect(received.at(-1)).toBe(sent - 1)
})
