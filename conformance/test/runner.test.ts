// The runner by itself, against servers that do not answer as servers do.
import { type Server, createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { Theme } from '../src/case.js'
import { runThemes } from '../src/runner.js'
import { THEMES } from '../src/themes.js'
import { ClientPeer } from '../src/wire/client-peer.js'
import { listen, startFlawed } from './support/flawed-server.js'

const first: Theme = { name: 'First', rfc: 6455, cases: THEMES.find(({ name }) => name === 'Framing')!.cases.slice(0, 1) }

async function failureAt(url: URL): Promise<string | undefined> {
  const [result] = await runThemes([first], { url, timeout: 200 })
  return result!.results[0]!.failure
}

function saying(text: string): Server {
  return createServer((socket) => { socket.on('error', () => {}).end(text) })
}

test('a server that answers nothing, one that hangs up, one that is not HTTP, and none', async () => {
  expect(await failureAt(await listen(createServer()))).toBe('no answer to the handshake: nothing came')
  expect(await failureAt(await listen(saying('')))).toMatch(/no answer to the handshake: (end|socket)/)
  expect(await failureAt(await listen(saying('SSH-2.0-x\r\n\r\n')))).toMatch(/not a status line/)
  expect(await failureAt(new URL('ws://127.0.0.1:1/'))).toContain('ECONNREFUSED')
})

test('a URL without a path', async () => {
  const url = await startFlawed({ isAcceptable: (head) => head.startsWith('GET / HTTP/1.1') })
  expect(await failureAt(new URL(`ws://127.0.0.1:${url.port}`))).toBeUndefined()
})

test('results stand in the order of the cases, whatever finishes first; never more at once than allowed', async () => {
  let [running, most] = [0, 0]
  const cases = [30, 1, 20, 1, 10].map((time, index) => ({
    name: `case ${index}`,
    section: '1',
    run: async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => { setTimeout(resolve, time) })
      running--
      if (index === 2) throw new Error('third')
    },
  }))
  const [result] = await runThemes([{ name: 'Theme', rfc: 6455, atOnce: 2, cases }], { url: new URL('ws://127.0.0.1:1'), timeout: 1 })
  expect(result!.results.map(({ name }) => name)).toEqual(cases.map(({ name }) => name))
  expect(result!.results.map(({ failure }) => failure)).toEqual([undefined, undefined, 'third', undefined, undefined])
  expect(most).toBe(2)
})

test('time in which this process was busy does not count', async () => {
  const server = createServer((socket) => { setTimeout(() => { socket.on('error', () => {}).end('HTTP/1.1 404 Not Found\r\n\r\n') }, 50) })
  const peer = await ClientPeer.connect({ url: await listen(server), timeout: 150 })
  const answer = peer.request({ 'Sec-WebSocket-Key': 'x' })
  await new Promise((resolve) => { setImmediate(resolve) })
  for (const end = performance.now() + 300; performance.now() < end;);
  expect((await answer).status).toBe(404)
  peer.destroy()
})
