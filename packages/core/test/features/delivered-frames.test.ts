// FEATURES A19, A20, A21: Close, Ping and Pong frames reach the application where it asks for them.
import { describe, expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/index.js'
import { dial } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'

const frame = (opcode: Opcode, payload = ''): Frame => new Frame({ opcode, payload })

/** What the frame event brought, and what the peer got. */
async function delivering(deliver: { close?: boolean; ping?: boolean; pong?: boolean } | undefined) {
  const served = await serve(deliver === undefined ? {} : { deliver })
  const frames: (Frame | CloseFrame)[] = []
  const heard: string[] = []
  served.endpoint.on('frame', (_connection, one) => { frames.push(one) })
    .on('ping', (_connection, payload) => { heard.push(`ping ${payload.toString()}`) })
    .on('pong', (_connection, payload) => { heard.push(`pong ${payload.toString()}`) })
    .on('message', () => {})
  return { ...served, frames, heard, peer: await dial(served.port) }
}

describe('A19: close frames', () => {
  test('reach the application with code and reason; they are answered in any case', async () => {
    const { frames, peer, closeEvent } = await delivering({ close: true })
    peer.sendClose(4000, 'why not')
    expect(await peer.closeFrame()).toMatchObject({ code: 4000 })
    expect(await closeEvent()).toMatchObject({ code: 4000, clean: true })
    expect(frames).toMatchObject([{ opcode: Opcode.Close, code: 4000, reason: 'why not' }])
    expect(frames[0]).toBeInstanceOf(CloseFrame)
  })

  test('without a code it is 1005', async () => {
    const { frames, peer, closeEvent } = await delivering({ close: true })
    peer.send(frame(Opcode.Close))
    expect(await closeEvent()).toMatchObject({ code: 1005 })
    expect(frames).toMatchObject([{ code: 1005, reason: '' }])
  })

  test('by default they do not', async () => {
    const { frames, peer, closeEvent } = await delivering(undefined)
    peer.sendClose(4000)
    await closeEvent()
    expect(frames).toEqual([])
  })
})

describe('A20: ping frames', () => {
  test('by default they are answered with the same payload, and the ping event tells of them', async () => {
    const { frames, heard, peer } = await delivering(undefined)
    peer.ping('payload')
    expect(await peer.frame(0)).toMatchObject({ opcode: Opcode.Pong, payload: Buffer.from('payload') })
    expect(heard).toEqual(['ping payload'])
    expect(frames).toEqual([])
  })

  test('delivered, they are the application\'s to answer', async () => {
    const { endpoint, frames, peer, connection } = await delivering({ ping: true })
    peer.ping('one')
    await until(() => frames.length === 1)
    await turns()
    expect(peer.frames).toEqual([])
    expect(frames).toMatchObject([{ opcode: Opcode.Ping, payload: Buffer.from('one') }])
    endpoint.on('frame', (from, { payload }) => { from.pong(payload) })
    peer.ping('two')
    expect(await peer.frame(0)).toMatchObject({ opcode: Opcode.Pong, payload: Buffer.from('two') })
    expect((await connection()).isEstablished).toBe(true)
  })

  test('their payload is the application\'s to keep', async () => {
    const { frames, heard, peer } = await delivering({ ping: true })
    peer.send(frame(Opcode.Ping, 'keep'), 'x'.repeat(100), frame(Opcode.Ping, 'me'))
    await until(() => heard.length === 2)
    expect(frames.map(({ payload }) => payload.toString())).toEqual(['keep', 'me'])
  })
})

describe('A21: pong frames', () => {
  test('reach the application where it asks, and the pong event in any case', async () => {
    for (const deliver of [{ pong: true }, undefined]) {
      const { frames, heard, peer } = await delivering(deliver)
      peer.send(frame(Opcode.Pong, 'unasked'))
      await until(() => heard.length === 1)
      expect(heard).toEqual(['pong unasked'])
      expect(frames.map(({ opcode }) => opcode)).toEqual(deliver === undefined ? [] : [Opcode.Pong])
    }
  })

  test('answers to our Pings', async () => {
    const { heard, peer, connection } = await delivering(undefined);
    (await connection()).ping('are you there?')
    expect(await peer.frame(0)).toMatchObject({ opcode: Opcode.Ping })
    peer.send(frame(Opcode.Pong, 'are you there?'))
    await until(() => heard.length === 1)
    expect(heard).toEqual(['pong are you there?'])
  })
})
