import { describe, expect, it } from 'vitest'
import { badRequest, methodNotAllowed, unsupportedVersion } from '../../src/handshake/refusal.js'
import { serializeResponse } from '../../src/handshake/response.js'
import { parseResponse } from './support/parse-response.js'

describe('the answers to a malformed handshake, on the wire', () => {
  it('SECURITY: a 400, well-formed, Connection: close', async () => {
    const { status, headers } = await parseResponse(serializeResponse(badRequest('WS_ERR_TEST', 'test')))
    expect(status).toBe(400)
    expect(headers).toMatchObject({ connection: 'close', 'content-length': '0' })
  })

  it('RFC 9110 §15.5.6: a 405 names what is allowed', async () => {
    const { status, headers } = await parseResponse(serializeResponse(methodNotAllowed()))
    expect(status).toBe(405)
    expect(headers).toMatchObject({ allow: 'GET', connection: 'close' })
  })

  it('B9: a 426 names the version, and Upgrade as RFC 9110 §15.5.22 demands', async () => {
    const { status, headers } = await parseResponse(serializeResponse(unsupportedVersion()))
    expect(status).toBe(426)
    expect(headers).toMatchObject({ 'sec-websocket-version': '13', upgrade: 'websocket', connection: 'close, Upgrade' })
  })
})
