// One message in one frame: compressed or not, and never larger than it is.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { type BenchOptions, bench } from '../support/bench.js'
import { FrameReader } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

type SendArguments = [data: string | Buffer, options?: { compress?: boolean; text?: boolean }]

/** Sends these, and reads what came. */
async function sent(options: BenchOptions, ...messages: SendArguments[]): Promise<FrameReader & { deflated: number }> {
  const b = bench({ compression: true, ...options }).start()
  for (const [data, how] of messages) b.connection.send(data, how)
  await turns(30)
  const { serverNoContextTakeover = true, serverMaxWindowBits = 15 } = options.agreed ?? {}
  const reader = new FrameReader({ keepsContext: !serverNoContextTakeover, windowBits: serverMaxWindowBits }).take(...b.stream.frames)
  return Object.assign(reader, { deflated: b.host.counters.messagesDeflated })
}

const compressed = ({ messages }: FrameReader): boolean[] => messages.map(({ isCompressed }) => isCompressed)

describe('the threshold', () => {
  test('in bytes: exactly there it begins', async () => {
    const messages: SendArguments[] = [['x'.repeat(99)], ['x'.repeat(100)], [Buffer.alloc(99)], [Buffer.alloc(100)], ['€'.repeat(33)], ['€'.repeat(34)], ['ä'.repeat(49)], ['ä'.repeat(50)]]
    const reader = await sent({ compression: { threshold: 100 } }, ...messages)
    expect(compressed(reader)).toEqual([false, true, false, true, false, true, false, true])
    expect(reader.data).toEqual(messages.map(([data]) => data))
    expect(reader.deflated).toBe(4)
  })

  test('compress: true goes below it, compress: false above it', async () => {
    const reader = await sent({}, ['x'.repeat(20), { compress: true }], ['x'.repeat(5_000), { compress: false }], [Buffer.alloc(70_000), { compress: false }])
    expect(compressed(reader)).toEqual([true, false, false])
    expect(reader.deflated).toBe(1)
  })

  test('without compression the option means nothing', async () => {
    const reader = await sent({ compression: false }, ['x'.repeat(5_000), { compress: true }])
    expect([compressed(reader), reader.deflated]).toEqual([[false], 0])
  })
})

describe('what goes out', () => {
  const sizes = [0, 1, 2, 5, 50, 125, 126, 255, 256, 8_191, 8_192, 8_193, 65_535, 65_536]

  test('is never larger than the message, and the message it is', async () => {
    for (const agreed of [{}, { serverNoContextTakeover: false }, { serverMaxWindowBits: 8 }]) {
      const messages = sizes.flatMap((size): SendArguments[] => [[noise(size, size + 1), { compress: true }], [prose(size, size), { compress: true }], ['x'.repeat(size), { compress: true }], [Buffer.from(prose(size)), { compress: true, text: true }]])
      const b = bench({ compression: true, agreed }).start()
      const reader = new FrameReader({ keepsContext: 'serverNoContextTakeover' in agreed, windowBits: agreed.serverMaxWindowBits ?? 15 })
      for (const [data, how] of messages) {
        b.stream.writes.length = 0
        b.connection.send(data, how)
        await turns(1)
        const [frame] = b.stream.frames
        expect(frame!.rsv1 ? frame!.payload.length < data.length : frame!.payload.length === data.length).toBe(true)
        reader.take(frame!)
      }
      expect(reader.messages.map(({ data }, i) => Buffer.from(data as Buffer).equals(Buffer.from(messages[i]![0] as Buffer)))).toEqual(messages.map(() => true))
      expect(compressed(reader).filter(Boolean).length).toBeGreaterThan(20)
      expect(compressed(reader).filter((isCompressed) => !isCompressed).length).toBeGreaterThan(sizes.length)
    }
  })

  test('incompressible messages in a kept context: plain, and what follows decodes', async () => {
    const secret = noise(3_000)
    const messages: SendArguments[] = [[prose(600)], [secret], [Buffer.concat([secret.subarray(0, 700), Buffer.from(prose(600))])], [prose(600)], [prose(600)]]
    const reader = await sent({ agreed: { serverNoContextTakeover: false } }, ...messages)
    expect(reader.data).toEqual(messages.map(([data]) => data))
    expect(compressed(reader)).toEqual([true, false, true, true, true])
  })

  test('the empty message is plain, whatever its sender wishes', async () => {
    expect(compressed(await sent({ compression: { threshold: 0 } }, [''], ['', { compress: true }], [Buffer.alloc(0), { compress: true }]))).toEqual([false, false, false])
  })
})

test('many in one turn share scratch memory, but not their bytes', async () => {
  const messages = Array.from({ length: 200 }, (_, i): SendArguments => [i % 3 === 0 ? Buffer.from(prose(400 + i * 50, i)) : prose(300 + i, i)])
  const reader = await sent({ compression: { threshold: 0 } }, ...messages)
  expect(reader.data.map(String)).toEqual(messages.map(([data]) => String(data)))
  expect(reader.deflated).toBe(200)
})

test('to a peer that does not read', async () => {
  const b = bench({ compression: { threshold: 0 } }).start()
  b.stream.isStalled = true
  const messages = Array.from({ length: 50 }, (_, i) => prose(500 + i * 400, i))
  for (const message of messages) { b.connection.send(message); if (message.length % 3 === 0) await turns(1) }
  b.stream.release()
  await turns(20)
  expect(new FrameReader().take(...b.stream.frames).data).toEqual(messages)
})
