// Who is not let in: each refusal is a complete HTTP response, and never a 101.

import { expect, it } from 'vitest'
import { freshChat } from './fresh-chat.js'
import type { StartChat } from './running-chat.js'
import { upgradeAnswer, type HttpAnswer } from './upgrade-answer.js'

export function refusalContract(start: StartChat): void {
  const chat = freshChat(start)

  it.each(['/rooms/blue', '/rooms/blue?name=', '/rooms/blue?name=%20'])('asks who you are: %s', async (path) => {
    const answer = await upgradeAnswer(chat.url, path)
    expectComplete(answer, 401)
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) })
  })

  it.each(['a.b', 'a%20b', '%C3%A9', 'x'.repeat(65), 'a%2eb', 'a:b'])('refuses the room %s', async (room) => {
    const answer = await upgradeAnswer(chat.url, `/rooms/${room}?name=Ada`)
    expectComplete(answer, 400)
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) })
  })

  it('tells a plain request the same, so that a page can ask why it was refused', async () => {
    expect((await chat.get('/rooms/blue')).status).toBe(401)
    expect((await chat.get('/rooms/a.b?name=Ada')).status).toBe(400)
  })

  it.each(['http://evil.example', 'null'])('refuses the origin %s', async (Origin) => {
    expectComplete(await upgradeAnswer(chat.url, '/rooms/blue?name=Ada', { Origin }), 403)
  })

  it.each(['/nowhere?name=Ada', '/rooms', '/rooms/blue/more?name=Ada'])('answers 404 to an upgrade of %s', async (path) => {
    expectComplete(await upgradeAnswer(chat.url, path), 404)
  })

  it.each(['/', '/stats'])('makes no WebSocket of %s', async (path) => {
    const answer = await upgradeAnswer(chat.url, path)
    expectComplete(answer, [200, 404].includes(answer.status) ? answer.status : 404)
  })

  it('leaves no trace of who was refused', async () => {
    const ada = await chat.join()
    await upgradeAnswer(chat.url, '/rooms/blue')
    await upgradeAnswer(chat.url, '/rooms/blue?name=Eve', { Origin: 'http://evil.example' })
    await ada.settle()
    expect(ada.count('joined')).toBe(0)
    expect(await (await chat.get('/stats')).json()).toMatchObject({ connections: 1 })
  })
}

/** The body is as long as it says, and the connection was ended: `upgradeAnswer` has read to its end. */
function expectComplete({ status, headers, body }: HttpAnswer, expected: number): void {
  expect(status).toBe(expected)
  expect(headers['connection']).toBe('close')
  if (headers['transfer-encoding'] !== 'chunked') expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body))
}
