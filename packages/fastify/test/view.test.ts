// A30: address, host and scheme as Fastify sees them, where it trusts the proxy in front.
import type { FastifyServerOptions } from 'fastify'
import { expect, test } from 'vitest'
import { recorder, start } from './support/application.js'

const FORWARDED = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'chat.example', 'X-Forwarded-Proto': 'https' }

async function behind(trustProxy: NonNullable<FastifyServerOptions['trustProxy']>, trustedProxies: readonly string[] = []) {
  const { chat, opened } = recorder<string>({ trustedProxies })
  const running = await start((app) => {
    app.get('/', (request, reply) => reply.upgrade(chat, `${request.protocol} ${request.host} ${request.ip}`))
  }, { fastify: { trustProxy } })
  return { ...running, opened }
}

test('nobody is trusted by default: what a stranger forwards does not count', async () => {
  const { open, refusal, opened, port } = await behind(false)
  await open('/', { headers: FORWARDED })
  expect(opened[0]?.remoteAddress).toBe('127.0.0.1')
  expect((await refusal('/', { headers: FORWARDED, origin: 'https://chat.example' })).status).toBe(403)
  // The scheme of a plain socket is not known: TLS may end in front of it
  await open('/', { origin: `https://127.0.0.1:${port}` })
})

test('the proxy that trustProxy names: address, host and scheme are what it says', async () => {
  const { open, refusal, opened } = await behind('127.0.0.1')
  await open('/', { headers: FORWARDED, origin: 'https://chat.example' })
  expect(opened[0]).toMatchObject({ remoteAddress: '203.0.113.9', data: 'https chat.example 203.0.113.9' })
  for (const origin of ['http://chat.example', 'https://evil.example', 'https://chat.example:8443']) {
    expect((await refusal('/', { headers: FORWARDED, origin })).status).toBe(403)
  }
})

test('a scheme of http is believed, that of a WebSocket understood, and a missing one not compared', async () => {
  const { open, refusal } = await behind(true)
  const host = { 'X-Forwarded-Host': 'chat.example' }
  await open('/', { headers: host, origin: 'https://chat.example' })
  await open('/', { headers: { ...host, 'X-Forwarded-Proto': 'wss' }, origin: 'https://chat.example' })
  for (const scheme of ['http', 'ws']) {
    expect((await refusal('/', { headers: { ...host, 'X-Forwarded-Proto': scheme }, origin: 'https://chat.example' })).status).toBe(403)
  }
})

test('a proxy that is not among the trusted: its word does not count, nor does its silence about TLS', async () => {
  const { open, refusal, port } = await behind('10.0.0.0/8')
  expect((await refusal('/', { headers: FORWARDED, origin: 'https://chat.example' })).status).toBe(403)
  await open('/', { headers: { 'X-Forwarded-Proto': 'https' }, origin: `https://127.0.0.1:${port}` })
})

test("without trustProxy, the endpoint's own trustedProxies counts", async () => {
  const { open, opened } = await behind(false, ['loopback'])
  await open('/', { headers: FORWARDED, origin: 'https://chat.example' })
  expect(opened[0]?.remoteAddress).toBe('203.0.113.9')
})
