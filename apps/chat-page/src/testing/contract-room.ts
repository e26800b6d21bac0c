// What happens in a room: who hears what, and that a bad message harms nobody.

import { expect, it } from 'vitest'
import { freshChat } from './fresh-chat.js'
import type { StartChat } from './running-chat.js'

const nodeWebSocket: unknown = Reflect.get(globalThis, 'WebSocket')

export function roomContract(start: StartChat): void {
  comingAndGoing(start)
  talking(start)
}

function comingAndGoing(start: StartChat): void {
  const chat = freshChat(start)

  it('welcomes the visitor, and tells the others', async () => {
    const ada = await chat.join({ name: 'Ada' })
    expect(await ada.next('welcome')).toEqual({ id: expect.any(String), room: 'blue', online: ['Ada'] })
    const ben = await chat.join({ name: 'Ben' })
    expect(await ben.next('welcome')).toMatchObject({ room: 'blue', online: ['Ada', 'Ben'] })
    expect(await ada.next('joined')).toEqual({ name: 'Ben', online: ['Ada', 'Ben'] })
    await ben.settle()
    expect(ben.received[0]?.event).toBe('welcome')
    expect(ben.count('joined')).toBe(0)
  })

  it('tells those who stay that somebody left', async () => {
    const [ada, ben] = [await chat.join({ name: 'Ada' }), await chat.join({ name: 'Ben' })]
    ben.close()
    expect(await ada.next('left')).toEqual({ name: 'Ben', online: ['Ada'] })
  })

  it('lets in a name of any language, and a room of 64 characters', async () => {
    const visitor = await chat.join({ name: '  Zoë & 李雷 ', room: 'aZ9-_'.padEnd(64, 'x') })
    expect(await visitor.next('welcome')).toMatchObject({ online: ['Zoë & 李雷'] })
  })

  it('closes every client with 1001 when it stops', async () => {
    const clients = [await chat.join({ room: 'blue' }), await chat.join({ room: 'green' })]
    await chat.stop()
    for (const client of clients) expect((await client.closed).code).toBe(1001)
    await expect(chat.get('/stats')).rejects.toThrow()
  })
}

function talking(start: StartChat): void {
  const chat = freshChat(start)

  it('brings what is said to all in the room, the sender included, and to no other room', async () => {
    const [ada, ben] = [await chat.join({ name: 'Ada' }), await chat.join({ name: 'Ben' })]
    const cleo = await chat.join({ name: 'Cleo', room: 'green' })
    ada.say('hello')
    const said = { from: 'Ada', text: 'hello' }
    expect([await ada.next('said'), await ben.next('said')]).toEqual([said, said])
    await cleo.settle()
    expect([ada.count('said'), ben.count('said'), cleo.count('said')]).toEqual([1, 1, 0])
  })

  it.each([
    ['bad JSON', 'not json'], ['no object', '[1]'], ['null', 'null'], ['an unknown event', '{"event":"dance","data":{}}'],
    ['an inherited name', '{"event":"constructor","data":{}}'], ['no data', '{"event":"say"}'],
    ['a wrong shape', '{"event":"say","data":{"text":7}}'],
    ['an empty text', '{"event":"say","data":{"text":" "}}'], ['bytes', Buffer.from([1, 2, 3])], ['nothing', ''],
    ['too much', JSON.stringify({ event: 'say', data: { text: 'x'.repeat(2001) } })],
  ])('answers an error to the sender alone: %s', async (_what, message) => {
    const [ada, ben] = [await chat.join({ name: 'Ada' }), await chat.join({ name: 'Ben' })]
    ada.sendRaw(message)
    expect(await ada.next('error')).toEqual({ message: expect.any(String) })
    ada.say('still here')
    expect(await ben.next('said')).toEqual({ from: 'Ada', text: 'still here' })
    expect([ada.count('error'), ben.count('error')]).toEqual([1, 0])
  })

  it.skipIf(!nodeWebSocket)("talks with Node's own WebSocket", async () => {
    const ada = await chat.join({ name: 'Ada', WebSocket: nodeWebSocket })
    const ben = await chat.join({ name: 'Ben' })
    ben.say('hello')
    expect(await ada.next('said')).toEqual({ from: 'Ben', text: 'hello' })
    ada.say('hello yourself')
    expect(await ben.next('said')).toMatchObject({ from: 'Ben' })
    expect(await ben.next('said')).toEqual({ from: 'Ada', text: 'hello yourself' })
    await chat.stop()
    expect((await ada.closed).code).toBe(1001)
  })
}
