// Whatever a server sends after its 101, a client ends in order: it waits, or has closed with a code that a client may send.
import { Buffer } from 'node:buffer'
import { deflatePayload } from '@tocsin/core'
import { CloseFrame, Opcode, isSendableCloseCode, pack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openRaw } from '../support/raw-server.js'

const ANSWER = { fields: { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover' } }
const whole = fc.constantFrom<Buffer>(
  pack('text'), pack(Buffer.of(1, 2, 3)), pack('part', { fin: false }), pack('rest', { opcode: Opcode.Continuation }), pack('', { opcode: Opcode.Ping }),
  pack(deflatePayload('deflated'), { opcode: Opcode.Text, rsv1: true }), pack(new CloseFrame(1000)), Buffer.of(0x81, 126), Buffer.of(0x82, 127, 0, 0, 0, 0),
)
const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))

it.each([['plain', false], ['with compression', true]])('%s', async (_, compression) => {
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(whole, noise), { maxLength: 8 }), fc.nat(7), async (pieces, cut) => {
    const { client, peer } = await openRaw({ pingInterval: false, ...(compression && { compression, accept: ANSWER }) })
    client.on('message', (message) => { expect(typeof message === 'string' || Buffer.isBuffer(message)).toBe(true) })
    const bytes = Buffer.concat(pieces)
    await peer.write(bytes.subarray(0, cut))
    await peer.write(bytes.subarray(cut))
    for (const { frame, masked } of await peer.frames()) {
      expect(masked).toBe(true)
      // Its own code for a failure, or the server's in answer; noise may be a Close frame with any.
      if (frame instanceof CloseFrame) expect(frame.code === 1005 || isSendableCloseCode(frame.code)).toBe(true)
    }
    peer.socket.destroy()
    await settle()
    expect(client.readyState).toBe(3)
  }), { numRuns: 150 })
})
