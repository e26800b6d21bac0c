// The order in which accepted messages leave: what waits goes before what cannot wait, and nothing overtakes.
import { describe, expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import type { Bench } from '../support/bench.js'
import { blocked } from '../support/blocked.js'
import { FrameReader, deflated } from '../support/deflate-peer.js'
import { prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

const KEPT = { compression: true, agreed: { serverNoContextTakeover: false } }

/** The peer reads everything, with a context of its own. @returns the messages behind the first */
async function read(b: Bench): Promise<FrameReader['data']> {
  b.stream.release()
  await turns(12)
  return new FrameReader({ keepsContext: true }).take(...b.stream.frames).data.slice(1)
}

test('what waits is held back, and counted', async () => {
  const b = await blocked()
  const { outgoing } = b.wire
  expect([outgoing.mustWait, outgoing.slow]).toEqual([true, undefined])
  b.connection.send('waits')
  expect([outgoing.held, outgoing.bufferedAmount, outgoing.slow!.backlog.length]).toEqual([7, 14, 1])
  expect(await read(b)).toEqual(['waits'])
  expect([outgoing.mustWait, outgoing.held, outgoing.bufferedAmount]).toEqual([false, 0, 0])
})

describe('what waits goes first, long compressed messages included', () => {
  const long = [prose(200_000, 1), prose(150_000, 2)]
  const starts: [string, (b: Bench) => unknown, string][] = [
    ['a message in fragments', (b) => { b.connection.send('a', { fin: false }); b.connection.send('b') }, 'ab'],
    ['a frame that is deflated already', (b) => b.connection.sendFrame(new Frame({ opcode: Opcode.Text, rsv1: true, payload: deflated('elsewhere') })), 'elsewhere'],
    ['a stream', (b) => b.connection.sendStream(['a', 'b']), 'ab'],
  ]

  test.each(starts)('before %s', async (_name, start, text) => {
    const b = await blocked({ ...KEPT, slowConsumer: 'drop-oldest' })
    b.connection.send(long[0]!)
    b.connection.sendShared(new SharedMessage(b.runtime, prose(700)))
    b.connection.send(long[1]!)
    start(b)
    await turns()
    b.connection.send(prose(700))
    expect(await read(b)).toEqual([long[0], prose(700), long[1], text, prose(700)])
  })

  test('before Close', async () => {
    const b = await blocked({ ...KEPT, slowConsumer: 'latest' })
    for (const text of long) b.connection.send(text)
    b.connection.close(4000)
    expect(await read(b)).toEqual(long)
    expect(b.stream.frames.at(-1)).toMatchObject({ code: 4000 })
    expect(b.host.counters).toMatchObject({ messagesDropped: 0, bytesDropped: 0 })
  })
})

test('what has not left when the connection ends is dropped and counted, and nothing follows', async () => {
  const b = await blocked(KEPT)
  b.connection.send(prose(200_000))
  b.connection.send('behind it')
  b.connection.terminate()
  await turns()
  expect([b.connection.bufferedAmount, b.runtime.zlib.heldBytes, b.stream.writes.length]).toEqual([0, 0, 1])
  expect(b.connection.info).toMatchObject({ messagesDropped: 2, bytesDropped: 200_000 + 10 + 9 + 2 })
})
