import { createServer } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { connect, listen, upgradeRequest } from '../dispatcher/helpers.js'

/** A server whose framework was never attached: each request comes as a plain one. */
async function startUndispatched(remedy?: string) {
  const endpoint = new WebSocketEndpoint({ pushOnly: true })
  const refusals: string[] = []
  endpoint.on('refused', (_request, { code }) => { refusals.push(code) })
  const server = createServer((request, response) => {
    response.shouldKeepAlive = false
    void endpoint.upgrade(request, response, remedy === undefined ? {} : { remedy })
  })
  const port = await listen(server)
  const ask = async (bytes: string) => (await connect(port, bytes)).answer()
  return { ask, refusals }
}

function warnings() {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => spy.mockRestore())
  return spy
}

test('a plain request is a 426 that names the protocol', async () => {
  const { ask, refusals } = await startUndispatched()
  const { status, text } = await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(status).toBe(426)
  expect(text).toMatch(/Upgrade: websocket\r\n/i)
  expect(refusals).toEqual(['WS_ERR_PLAIN_REQUEST'])
})

test('an upgrade is a 500; one warning per endpoint says what to do', async () => {
  const spy = warnings()
  const { ask, refusals } = await startUndispatched('call attach(server, app) of the adapter')
  expect((await ask(upgradeRequest())).status).toBe(500)
  expect((await ask(upgradeRequest())).status).toBe(500)
  expect(refusals).toEqual(['WS_ERR_NOT_ATTACHED', 'WS_ERR_NOT_ATTACHED'])
  expect(spy).toHaveBeenCalledTimes(1)
  expect(spy.mock.calls[0]![0]).toContain('call attach(server, app) of the adapter.')
})

test('half an upgrade, without Connection, is a 400 and no reason to warn', async () => {
  const spy = warnings()
  const { ask, refusals } = await startUndispatched()
  expect((await ask(upgradeRequest().replace('Connection: Upgrade\r\n', ''))).status).toBe(400)
  expect(refusals).toEqual(['WS_ERR_INVALID_CONNECTION'])
  expect(spy).not.toHaveBeenCalled()
})
