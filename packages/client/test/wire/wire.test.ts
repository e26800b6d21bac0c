// RFC 6455 §5 and §7 as a client has to keep them, against a server by hand.
import { Buffer } from 'node:buffer'
import { CloseFrame, Opcode, pack } from '@tocsin/core/protocol'
import { settle, virtualClock } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import { type RawOptions, openRaw } from '../support/raw-server.js'

async function open(options: RawOptions = {}) {
  const { client, peer } = await openRaw(options)
  const messages: unknown[] = []
  client.on('message', (message) => { messages.push(message) })
  await settle()
  return { client, peer, messages }
}

describe('sending', () => {
  it('§5.1, §5.3: every frame is masked, each with another key', async () => {
    const { client, peer } = await open()
    const keys = new Set<string>()
    for (let count = 0; count < 50; count++) client.send('')
    client.ping('x')
    void client.close()
    await settle()
    const frames = await peer.frames()
    expect(frames.map(({ masked }) => masked)).toEqual(Array(52).fill(true))
    // An empty masked frame is 0x81 0x80 and its key.
    const other = await open()
    const chunks: Buffer[] = []
    other.peer.socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    for (let count = 0; count < 50; count++) other.client.send('')
    await settle()
    const bytes = Buffer.concat(chunks)
    for (let at = 0; at < bytes.length; at += 6) keys.add(bytes.toString('hex', at + 2, at + 6))
    expect([bytes.length, keys.size]).toEqual([300, 50])
  })

  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('%i bytes, as text and as binary, and leaves them as they are', async (size) => {
    const { client, peer } = await open({ capacity: 1 << 20 })
    const bytes = Buffer.alloc(size, 'ä')
    const before = Buffer.from(bytes)
    client.send('x'.repeat(size))
    client.send(bytes)
    client.send(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + size))
    await client.drained()
    const frames = (await peer.frames()).map(({ frame }) => frame)
    expect(frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual([[Opcode.Text, size], [Opcode.Binary, size], [Opcode.Binary, size]])
    expect(frames[1]!.payload.equals(before) && frames[2]!.payload.equals(before) && bytes.equals(before)).toBe(true)
  })

  it('the type follows the data, unless it is said', async () => {
    const { client, peer } = await open()
    client.send('ä', { binary: true })
    client.send(Buffer.from('ä'), { text: true })
    const frames = (await peer.frames()).map(({ frame }) => [frame.opcode, frame.payload.toString()])
    expect(frames).toEqual([[Opcode.Binary, 'ä'], [Opcode.Text, 'ä']])
  })

  it('what is no payload is a UsageError', async () => {
    const { client } = await open()
    for (const wrong of [1, null, undefined, {}, [1], true]) expect(() => client.send(wrong as never)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_PAYLOAD' }))
    expect(client.readyState).toBe(1)
  })
})

describe('receiving', () => {
  it('texts, bytes and fragments, with control frames between', async () => {
    const { peer, messages } = await open()
    await peer.send({ opcode: Opcode.Text, payload: 'hi' })
    await peer.send({ opcode: Opcode.Binary, payload: Buffer.of(1, 2) })
    await peer.send({ opcode: Opcode.Text, payload: 'a', fin: false })
    await peer.send({ opcode: Opcode.Ping, payload: 'p' })
    await peer.send({ opcode: Opcode.Continuation, payload: 'b' })
    expect(messages).toEqual(['hi', Buffer.of(1, 2), 'ab'])
  })

  it('frames in the segment of the 101 come after open', async () => {
    const { client } = await openRaw({ accept: { rest: [pack('early')] } })
    expect(await client[Symbol.asyncIterator]().next()).toEqual({ done: false, value: 'early' })
  })

  it('one byte per segment', async () => {
    const { peer, messages } = await open()
    for (const byte of pack('hello')) peer.socket.write(Buffer.of(byte))
    await settle(30)
    expect(messages).toEqual(['hello'])
  })

  const LONG = Buffer.alloc(8)
  LONG.writeBigUInt64BE(1n << 40n)
  it.each([
    ['a masked frame (§5.1)', pack('hi', { mask: true }), 1002],
    ['RSV1 without extension (§5.2)', Buffer.of(0xc1, 0), 1002],
    ['RSV2 (§5.2)', Buffer.of(0xa1, 0), 1002],
    ['RSV3 (§5.2)', Buffer.of(0x91, 0), 1002],
    ['an unknown opcode (§5.2)', Buffer.of(0x83, 0), 1002],
    ['an unknown control opcode (§5.2)', Buffer.of(0x8b, 0), 1002],
    ['a length that is not minimal (§5.2)', Buffer.of(0x81, 126, 0, 1), 1002],
    ['a 64-bit length with its top bit (§5.2)', Buffer.of(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0), 1002],
    ['a 64-bit length above the limit', Buffer.concat([Buffer.of(0x82, 127), LONG]), 1009],
    ['a fragmented Ping (§5.5)', Buffer.of(0x09, 0), 1002],
    ['a long Ping (§5.5)', Buffer.of(0x89, 126, 0, 126), 1002],
    ['a stray continuation (§5.4)', Buffer.of(0x80, 0), 1002],
    ['a message inside a message (§5.4)', Buffer.of(0x01, 0, 0x81, 0), 1002],
    ['a Close of one byte (§5.5.1)', Buffer.of(0x88, 1, 3), 1002],
    ['a Close with 1005 (§7.4.1)', Buffer.of(0x88, 2, 0x03, 0xed), 1002],
    ['a Close with 1006 (§7.4.1)', Buffer.of(0x88, 2, 0x03, 0xee), 1002],
    ['a Close with 999 (§7.4.2)', Buffer.of(0x88, 2, 0x03, 0xe7), 1002],
    ['text that is not UTF-8 (§8.1)', Buffer.of(0x81, 1, 0xff), 1007],
    ['a reason that is not UTF-8 (§5.5.1)', Buffer.of(0x88, 3, 0x03, 0xe8, 0xff), 1007],
    ['a surrogate in text (§8.1)', Buffer.of(0x81, 3, 0xed, 0xa0, 0x80), 1007],
  ])('fails upon %s', async (_, bytes, code) => {
    const { client, peer, messages } = await open()
    await peer.write(bytes)
    await peer.write(pack('more'))
    expect(await peer.closeCodes()).toEqual([code])
    // §7.1.7: it ends TCP itself, and waits for nothing.
    expect(peer.hasEnded).toBe(true)
    peer.socket.end()
    expect(await client.closed).toMatchObject({ code, clean: false, initiator: 'local', final: true, error: { closeCode: code } })
    expect(messages).toEqual([])
  })
})

describe('Ping and Pong', () => {
  it('§5.5.2: a Ping is answered with its payload; both are told', async () => {
    const { client, peer } = await open()
    const seen: string[] = []
    client.on('ping', (payload) => seen.push(`ping ${String(payload)}`)).on('pong', (payload) => seen.push(`pong ${String(payload)}`))
    await peer.send({ opcode: Opcode.Ping, payload: 'are you there' })
    await peer.send({ opcode: Opcode.Pong, payload: 'by myself' })
    expect((await peer.frames()).map(({ frame }) => [frame.opcode, frame.payload.toString()])).toEqual([[Opcode.Pong, 'are you there']])
    expect(seen).toEqual(['ping are you there', 'pong by myself'])
  })

  it('§5.5.3: to a server that does not read, one Pong waits: the newest', async () => {
    const { client, peer } = await open({ capacity: 1024 })
    peer.socket.pause()
    client.send(Buffer.alloc(100_000))
    await settle()
    for (let count = 0; count < 100; count++) await peer.send({ opcode: Opcode.Ping, payload: `${count}` })
    peer.socket.resume()
    await client.drained()
    await settle(200)
    const pongs = (await peer.frames()).filter(({ frame }) => frame.opcode === Opcode.Pong)
    expect(pongs.map(({ frame }) => frame.payload.toString())).toEqual(['99'])
  })

  it('pings at the interval, and cuts a connection that is silent', async () => {
    const clock = virtualClock()
    const { client, peer } = await open({ clock, pingInterval: 55_000, pongTimeout: 10_000 })
    await clock.advanceAsync(55_000)
    const [ping] = await peer.frames()
    expect(ping!.frame.opcode).toBe(Opcode.Ping)
    await peer.send({ opcode: Opcode.Pong, payload: ping!.frame.payload })
    await clock.advanceAsync(54_999)
    expect(client.readyState).toBe(1)
    await clock.advanceAsync(1)
    expect(await peer.frames()).toHaveLength(1)
    await clock.advanceAsync(9_999)
    expect(client.readyState).toBe(1)
    await clock.advanceAsync(1)
    expect(await client.closed).toMatchObject({ code: 1006, clean: false, error: { code: 'WS_ERR_PONG_TIMEOUT' } })
  })

  it('any byte is a sign of life; and silence does not count while nobody reads', async () => {
    const clock = virtualClock()
    const { client, peer } = await open({ clock, pingInterval: 30_000, pongTimeout: 10_000 })
    await clock.advanceAsync(30_000)
    await peer.write(pack('busy'))
    await clock.advanceAsync(10_000)
    expect(client.readyState).toBe(1)
    client.pause()
    await clock.advanceAsync(60_000)
    expect(client.readyState).toBe(1)
  })

  it('§5.5: a Ping of more than 125 bytes is a UsageError, and nothing happened', async () => {
    const { client, peer } = await open()
    expect(client.ping('x'.repeat(125))).toBe(true)
    for (const wrong of ['x'.repeat(126), 'ä'.repeat(63), Buffer.alloc(126), {} as never]) {
      expect(() => client.ping(wrong)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_CONTROL_FRAME' }))
    }
    expect([(await peer.frames()).length, client.readyState]).toEqual([1, 1])
  })

  it('pingInterval: false sends none', async () => {
    const clock = virtualClock()
    const { peer } = await open({ clock, pingInterval: false })
    await clock.advanceAsync(3_600_000)
    expect(await peer.frames()).toEqual([])
    expect(clock.pending).toBe(0)
  })
})

describe('closing (§7.1)', () => {
  it('by us: Close, its answer, and the server ends TCP', async () => {
    const { client, peer } = await open()
    const closed = client.close(4000, 'bye')
    expect([client.readyState, client.send('too late')]).toEqual([2, false])
    const [{ frame }] = await peer.frames() as unknown as [{ frame: CloseFrame }]
    expect([frame.code, frame.reason, peer.hasEnded]).toEqual([4000, 'bye', false])
    await peer.send({ opcode: Opcode.Text, payload: 'still on the way' })
    await peer.send(new CloseFrame(4000))
    peer.socket.end()
    expect(await closed).toMatchObject({ code: 4000, reason: '', clean: true, initiator: 'local', final: true, error: undefined })
  })

  it('by the server: the answer has its code', async () => {
    const { client, peer, messages } = await open()
    await peer.send(new CloseFrame(1001, 'going'))
    await peer.write(pack('after Close'))
    expect(await peer.closeCodes()).toEqual([1001])
    peer.socket.end()
    expect(await client.closed).toMatchObject({ code: 1001, reason: 'going', clean: true, initiator: 'peer' })
    expect(messages).toEqual([])
  })

  it('§7.1.5: a Close without a code is 1005', async () => {
    const { client, peer } = await open()
    await peer.send(new CloseFrame(1005))
    const [answer] = await peer.frames()
    expect(answer!.frame.payload).toHaveLength(0)
    peer.socket.end()
    expect(await client.closed).toMatchObject({ code: 1005, clean: true })
  })

  it.each([['FIN', (socket: { end(): void }) => socket.end()], ['RST', (socket: { destroy(error: Error): void }) => socket.destroy(new Error('reset'))]] as const)('%s without Close is 1006', async (_, cut) => {
    const { client, peer } = await open()
    cut(peer.socket)
    expect(await client.closed).toMatchObject({ code: 1006, clean: false, initiator: 'peer' })
  })

  it('a server that ends, and does not read what is still on its way, is cut', async () => {
    const clock = virtualClock()
    const { client, peer } = await open({ clock, capacity: 1_024, pingInterval: false })
    peer.socket.pause()
    client.send('x'.repeat(100_000))
    await settle()
    peer.socket.end()
    await clock.advanceAsync(999)
    expect(client.readyState).toBe(1)
    await clock.advanceAsync(1)
    expect(await client.closed).toMatchObject({ code: 1006, initiator: 'peer' })
  })

  it('its end is seen behind messages that nobody takes any more', async () => {
    const { client, peer } = await open()
    const iterator = client[Symbol.asyncIterator]()
    for (let count = 0; count < 50; count++) await peer.write(pack(`${count}`))
    const closed = client.close()
    await peer.send(new CloseFrame(1000))
    peer.socket.end()
    expect(await closed).toMatchObject({ code: 1000, clean: true })
    expect(await iterator.next()).toEqual({ done: false, value: '0' })
  })

  it('a server that does not answer Close, and one that does not end TCP, are cut', async () => {
    const clock = virtualClock()
    const [first, second] = [await open({ clock, closeTimeout: 3_000 }), await open({ clock, closeTimeout: 3_000 })]
    void first.client.close()
    void second.client.close()
    await second.peer.send(new CloseFrame(1000))
    await clock.advanceAsync(1_000)
    expect([first.client.readyState, second.client.readyState]).toEqual([2, 3])
    await clock.advanceAsync(2_000)
    expect(await first.client.closed).toMatchObject({ code: 1006, clean: false, initiator: 'local' })
    expect(await second.client.closed).toMatchObject({ code: 1000, clean: true })
    expect(clock.pending).toBe(0)
  })

  it('what was accepted goes before Close', async () => {
    const { client, peer } = await open({ capacity: 1024 })
    peer.socket.pause()
    for (let count = 0; count < 20; count++) expect(client.send(`${count}`.padEnd(10_000))).toBe(true)
    void client.close()
    await settle()
    peer.socket.resume()
    await settle(400)
    const frames = (await peer.frames()).map(({ frame }) => (frame instanceof CloseFrame ? 'close' : frame.payload.toString().trim()))
    expect(frames).toEqual([...Array.from({ length: 20 }, (_, count) => `${count}`), 'close'])
  })

  it.each([999, 1004, 1005, 1006, 1015, 2000, 5000, 1.5, NaN])('§7.4: close(%s) is a UsageError, and nothing happened', async (code) => {
    const { client } = await open()
    expect(() => client.close(code)).toThrow(expect.objectContaining({ name: 'UsageError' }))
    expect(() => client.close(1000, 'ä'.repeat(62))).toThrow(expect.objectContaining({ name: 'UsageError' }))
    expect(client.readyState).toBe(1)
  })
})
