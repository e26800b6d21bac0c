// Workerman's example against an endpoint, in memory: it says hello, answers, pings, and comes back.

import { WebSocketEndpoint } from '@tocsin/core'
import { injectSocket, settle, virtualClock } from '@tocsin/testing'
import { expect, it } from 'vitest'
import { createClient } from '../src/client.js'

it('says hello, answers, pings every 55 s, and is back after a second', async () => {
  const clock = virtualClock()
  const lines: string[] = []
  const heard: string[] = []
  const endpoint = new WebSocketEndpoint({ heartbeat: false, deliver: { ping: true } })
  endpoint.on('open', (connection, { headers }) => {
    heard.push(`open with ${headers['x-token']} and ${headers['cookie']?.slice(0, 9)}`)
    connection.send('how are you')
  })
  endpoint.on('message', (_, message) => { heard.push(String(message)) })
  endpoint.on('frame', (connection, { payload }) => {
    heard.push(`ping at ${clock.now()}`)
    connection.pong(payload)
  })
  const client = createClient('ws://127.0.0.1:9501', (line) => lines.push(line), { connect: () => injectSocket(endpoint), clock })
  await settle()
  expect(heard.splice(0)).toEqual(['open with xxx and PHPSESSID', 'hello', 'fine, thanks'])

  await clock.advanceAsync(110_000)
  expect(heard.splice(0)).toEqual(['ping at 55000', 'ping at 110000'])

  for (const connection of endpoint.connections) connection.terminate()
  await settle()
  expect(client.readyState).toBe(0)
  await clock.advanceAsync(999)
  expect(heard).toEqual([])
  await clock.advanceAsync(1)
  expect(heard).toContain('hello')

  const once = ['message: how are you']
  expect(lines).toEqual(['tcp connected', 'open: 101', ...once, 'close: 1006', 'tcp connected', 'open again: 101', ...once])
  expect(await client.close()).toMatchObject({ code: 1000, clean: true })
  await endpoint.close()
})
