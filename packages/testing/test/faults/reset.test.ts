// RST, over whatever lies between.
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { type CloseEvent, WebSocketEndpoint } from '@tocsin/core'
import { expect, onTestFinished, test } from 'vitest'
import { connect, inject, oneBytePerSegment, reset, resetSocket } from '@tocsin/testing'
import { certificate } from '../../src/certificate.js'

function watched(): { endpoint: WebSocketEndpoint; closed: Promise<CloseEvent> } {
  const endpoint = new WebSocketEndpoint({ pushOnly: true })
  return { endpoint, closed: new Promise((resolve) => endpoint.on('close', (_connection, event) => resolve(event))) }
}

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => { server.close() })
  return (server.address() as AddressInfo).port
}

const servers = {
  http: () => createServer(),
  https: () => createSecureServer(certificate),
}

test('in memory, also through other faults: the server sees ECONNRESET', async () => {
  for (const faults of [[], [oneBytePerSegment()]]) {
    const { endpoint, closed } = watched()
    expect(await reset(await inject(endpoint, { faults }))).toEqual({ code: 1006, reason: '', clean: false })
    expect((await closed).error).toMatchObject({ code: 'ECONNRESET' })
  }
})

test.each(['http', 'https'] as const)('over %s', async (scheme) => {
  const { endpoint, closed } = watched()
  const server = servers[scheme]()
  endpoint.attach(server)
  const tls = scheme === 'https' && { ca: certificate.cert }
  const client = await connect({ url: `${scheme}://127.0.0.1:${await portOf(server)}`, tls })
  expect((await reset(client)).code).toBe(1006)
  const event = await closed
  expect(event).toMatchObject({ code: 1006, clean: false })
  // Node's TLS may meet the reset while it writes, and then tells its reader of an end only
  if (scheme === 'http') expect(event.error).toMatchObject({ code: 'ECONNRESET' })
})

test('a stream that knows no reset is destroyed', () => {
  const socket = new Duplex()
  resetSocket(socket)
  expect(socket.destroyed).toBe(true)
})
