// The door @tocsin/core/compression: what is behind it, and that it serves both sides without a socket.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import * as door from '@tocsin/core/compression'

test('its names', () => {
  expect(Object.keys(door).toSorted()).toEqual(['Compression', 'Deflater', 'Inflater', 'PERMESSAGE_DEFLATE', 'ZlibPool', 'deflatePayload', 'inflatePayload',
    'negotiateCompression', 'offerCompression', 'parseExtensions', 'readCompressionResponse', 'resolveCompression', 'serializeExtension'])
})

const { parseExtensions, serializeExtension } = door

test('a client and a server that agree, and understand each other', () => {
  const policy = door.resolveCompression({ serverNoContextTakeover: false, clientNoContextTakeover: false, clientMaxWindowBits: 10 })!
  const pool = new door.ZlibPool()
  const offer = `${door.PERMESSAGE_DEFLATE}-x, ${serializeExtension(door.offerCompression(policy))}`
  const { parameters, extension } = door.negotiateCompression(parseExtensions(offer), policy, () => true)!
  expect(door.readCompressionResponse(parseExtensions(serializeExtension(extension)), policy)).toEqual(parameters)
  const counters = { messagesDeflated: 0, messagesInflated: 0 }
  const [server, client] = (['server', 'client'] as const).map((role) => new door.Compression({ pool, parameters, policy, role, maxMessageSize: 1_000, counters }))
  for (const [from, to] of [[server!, client!], [client!, server!]] as const) for (let i = 0; i < 3; i++) {
    const payload = Buffer.from(from.deflater.deflate(Buffer.alloc(500, 'abcdefgh'))!)
    to.inflater.feed(payload, true)
    to.inflater.next()
    expect([to.inflater.isMessageEnd, to.inflater.output.toString('latin1', 0, to.inflater.outputLength)]).toEqual([true, 'abcdefgh'.repeat(63).slice(0, 500)])
  }
})
