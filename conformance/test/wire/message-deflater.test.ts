// The client's compressor keeps to what was agreed: judged by the reader's own inflater.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { probe } from '../../src/cases/rfc7692/parameters.js'
import { noise, prose } from '../../src/payloads.js'
import { inflate } from '../../src/wire/inflate.js'
import { MessageDeflater } from '../../src/wire/message-deflater.js'

const TAIL = Buffer.from('0000ffff', 'hex')
const agreement = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 15, clientMaxWindowBits: 15 }

test.each([8, 9, 10, 12, 15])('a window of %i bits', (clientMaxWindowBits) => {
  const deflater = new MessageDeflater({ ...agreement, clientMaxWindowBits })
  let history = Buffer.alloc(0)
  for (const message of [probe(8), probe(9), probe(11), Buffer.from(prose(50_000)), probe(8)]) {
    const { data, farthest } = inflate(Buffer.concat([deflater.deflate(message), TAIL]), history)
    expect(data.equals(message)).toBe(true)
    expect(farthest).toBeLessThanOrEqual(2 ** clientMaxWindowBits)
    history = Buffer.concat([history, data])
  }
})

test('with context the second message is smaller, without it makes sense alone', () => {
  const keeping = new MessageDeflater(agreement)
  const first = keeping.deflate(noise(1_000))
  expect(keeping.deflate(noise(1_000)).length).toBeLessThan(first.length / 10)
  const forgetting = new MessageDeflater({ ...agreement, clientNoContextTakeover: true })
  expect(forgetting.deflate(noise(1_000))).toEqual(forgetting.deflate(noise(1_000)))
})

test('an empty message is one byte (RFC 7692 §7.2.3.6)', () => {
  expect(new MessageDeflater(agreement).deflate('')).toEqual(Buffer.from([0]))
})
