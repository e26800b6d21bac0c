// Compressed messages, and fragments. Bombs are in test/security.
import { Buffer } from 'node:buffer'
import { gzipSync } from 'node:zlib'
import { deflatePayload } from '@tocsin/core'
import { Opcode, pack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { type RawOptions, openRaw } from '../support/raw-server.js'

const ANSWER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'

async function open(options: RawOptions = {}) {
  const { client, peer } = await openRaw({ compression: true, accept: { fields: { 'Sec-WebSocket-Extensions': ANSWER } }, ...options })
  const messages: unknown[] = []
  client.on('message', (message) => { messages.push(message) })
  await settle()
  return { client, peer, messages }
}

describe('permessage-deflate (RFC 7692)', () => {
  it('inflates, and deflates from the threshold on', async () => {
    const { client, peer, messages } = await open()
    expect(client.extensions).toBe(ANSWER)
    await peer.send({ opcode: Opcode.Text, payload: deflatePayload('compressed'), rsv1: true })
    await peer.send({ opcode: Opcode.Text, payload: 'plain' })
    expect(messages).toEqual(['compressed', 'plain'])
    client.send('short')
    client.send('long'.repeat(1_000))
    client.send('long'.repeat(1_000), { compress: false })
    client.send('short and compressible aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', { compress: true })
    expect((await peer.frames()).map(({ frame }) => frame.rsv1)).toEqual([false, true, false, true])
  })

  it.each([['not deflate data', Buffer.from('ffffffff', 'hex')], ['gzip', gzipSync('x')], ['cut off', deflatePayload('x'.repeat(500)).subarray(0, 4)]])('%s is 1007', async (_, payload) => {
    const { peer, messages } = await open()
    await peer.write(pack(payload, { opcode: Opcode.Text, rsv1: true }))
    expect(await peer.closeCodes()).toEqual([1007])
    expect(messages).toEqual([])
  })

  it('RSV1 on a continuation is 1002', async () => {
    const { peer } = await open()
    await peer.write(Buffer.of(0x41, 0, 0xc0, 0))
    expect(await peer.closeCodes()).toEqual([1002])
  })
})

it('a message of endless fragments ends at the limit, too', async () => {
  const { peer, messages } = await open({ maxMessageSize: 1_000 })
  await peer.send({ opcode: Opcode.Text, payload: 'x'.repeat(600), fin: false })
  await peer.send({ opcode: Opcode.Continuation, payload: 'x'.repeat(600), fin: false })
  expect(await peer.closeCodes()).toEqual([1009])
  expect(messages).toEqual([])
})
