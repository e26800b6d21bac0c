// `trust proxy`: origin and address as Express sees them.
import express from 'express'
import { describe, expect, test } from 'vitest'
import { upgrade } from '@tocsin/express'
import { recorder, start } from './support/application.js'
import { connect, refusal } from './support/client.js'

const FORWARDED = { 'X-Forwarded-For': '203.0.113.9, 198.51.100.2', 'X-Forwarded-Host': 'chat.example', 'X-Forwarded-Proto': 'https' }

async function startWith(trust: unknown, trustedProxies: readonly string[] = []) {
  const { chat, opened, refusals } = recorder({ trustedProxies })
  const running = await start((app) => {
    app.set('trust proxy', trust)
    app.get('/', upgrade(chat))
  })
  return { ...running, opened, refusals }
}

describe('A30: the address', () => {
  test.each([
    ['nobody is trusted', false, '127.0.0.1'],
    ['everybody is trusted', true, '203.0.113.9'],
    ['loopback is trusted', 'loopback', '198.51.100.2'],
    ['one hop is trusted', 1, '198.51.100.2'],
    ['another address is trusted', '10.0.0.0/8', '127.0.0.1'],
  ])('where %s', async (_case, trust, address) => {
    const { origin, opened } = await startWith(trust)
    await connect(origin, { headers: FORWARDED })
    expect(opened[0]?.remoteAddress).toBe(address)
  })

  test('without `trust proxy`, the endpoint may trust proxies on its own', async () => {
    const { origin, opened } = await startWith(false, ['loopback'])
    await connect(origin, { headers: { ...FORWARDED, Origin: 'https://chat.example' } })
    expect(opened[0]?.remoteAddress).toBe('198.51.100.2')
  })
})

describe('SECURITY cross-site WebSocket hijacking: the origin', () => {
  const from = (Origin: string, headers: Record<string, string> = {}) => ({ headers: { ...headers, Origin } })

  test('without a proxy: host and port of the page are those that were asked for', async () => {
    const { origin, port, refusals } = await startWith(false)
    await connect(origin, from(`http://127.0.0.1:${port}`))
    // A proxy that ends TLS is not known here
    await connect(origin, from(`https://127.0.0.1:${port}`))
    for (const foreign of ['http://evil.example', `http://127.0.0.1:${port + 1}`, 'null', 'http://127.0.0.1']) {
      expect(await refusal(origin, from(foreign))).toMatchObject({ status: 403, headers: { connection: 'close' } })
    }
    expect(refusals[0]).toMatchObject({ status: 403, code: 'WS_ERR_ORIGIN' })
  })

  test('behind a trusted proxy: host and scheme as it says', async () => {
    const { origin } = await startWith('loopback')
    await connect(origin, from('https://chat.example', FORWARDED))
    for (const foreign of ['http://chat.example', 'https://evil.example', 'https://chat.example:8443']) {
      expect((await refusal(origin, from(foreign, FORWARDED))).status).toBe(403)
    }
  })

  test('behind a trusted proxy that names no scheme, it is not compared; that of the WebSocket is understood', async () => {
    const { origin } = await startWith('loopback')
    const host = { 'X-Forwarded-Host': 'chat.example' }
    await connect(origin, from('https://chat.example', host))
    await connect(origin, from('https://chat.example', { ...host, 'X-Forwarded-Proto': 'wss' }))
    expect((await refusal(origin, from('http://chat.example', { ...host, 'X-Forwarded-Proto': 'wss' }))).status).toBe(403)
  })

  test('a stranger cannot claim to be a proxy', async () => {
    const { origin } = await startWith('10.0.0.0/8')
    expect((await refusal(origin, from('https://chat.example', FORWARDED))).status).toBe(403)
  })

  test('a sub-application has the settings of the one it is mounted in', async () => {
    const { chat, opened } = recorder()
    const { origin } = await start((app) => {
      app.set('trust proxy', true)
      app.use('/sub', express().get('/', upgrade(chat)))
    })
    await connect(`${origin}/sub`, from('https://chat.example', FORWARDED))
    expect(opened[0]?.remoteAddress).toBe('203.0.113.9')
  })
})
