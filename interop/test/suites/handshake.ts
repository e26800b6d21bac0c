// The opening handshake: subprotocols, and refusals where a client can tell them apart.
import { describe, expect, test } from 'vitest'
import type { Line } from './line.js'

export function handshake(line: Line): void {
  describe('opening', () => {
    test('the first of our subprotocols that the client offers', async () => {
      const { subprotocol, visit } = await line.open('/plain', { subprotocols: ['chat.v0', 'chat.v1', 'chat.v2'] })
      expect([subprotocol, visit.connection.subprotocol]).toEqual(['chat.v2', 'chat.v2'])
    })

    test('no subprotocol, and no extension', async () => {
      const { subprotocol, extensions, visit } = await line.open()
      expect([subprotocol, extensions, visit.connection.subprotocol]).toEqual(['', '', ''])
    })

    test.each([401, 403, 404, 503])('a refusal with %i', async (status) => {
      const words = await line.refusal(status)
      if (line.client.seesStatus) expect(words).toMatch(new RegExp(`\\b${status}\\b`))
    })
  })
}
