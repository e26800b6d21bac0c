// The main job: an ordinary HTTP request speaks to every WebSocket, and hears how many it reached.

import { expect, it } from 'vitest'
import { freshChat } from './fresh-chat.js'
import type { StartChat } from './running-chat.js'

export function announcementContract(start: StartChat): void {
  const chat = freshChat(start)

  it('reaches 100 clients in 5 rooms exactly once', async () => {
    const visitors = Array.from({ length: 100 }, (_, index) => ({ name: `visitor-${index}`, room: `room-${index % 5}` }))
    const clients = await Promise.all(visitors.map((visitor) => chat.join(visitor)))
    const response = await chat.get('/broadcast?message=hi')
    expect([response.status, await response.json()]).toEqual([200, { delivered: 100 }])
    await Promise.all(clients.map((client) => client.settle()))
    for (const client of clients) {
      const announcements = client.received.filter(({ event }) => event === 'announcement')
      expect(announcements).toEqual([{ event: 'announcement', data: { text: 'hi' } }])
    }
  })

  it('reaches nobody when nobody is there', async () => {
    expect(await (await chat.get('/broadcast?message=hi')).json()).toEqual({ delivered: 0 })
  })

  it('does not count who left', async () => {
    const [ada, ben] = [await chat.join({ name: 'Ada' }), await chat.join({ name: 'Ben' })]
    ben.close()
    await ada.next('left')
    expect(await (await chat.get('/broadcast?message=hi')).json()).toEqual({ delivered: 1 })
  })

  it('brings any text unchanged', async () => {
    const text = '<b>"Ünïcode" & 警鐘 \u{1f514}</b>'
    const ada = await chat.join()
    await chat.get(`/broadcast?message=${encodeURIComponent(text)}`)
    expect(await ada.next('announcement')).toEqual({ text })
  })

  it.each(['/broadcast', '/broadcast?message=', '/broadcast?message=%20', '/broadcast?message=a&message=b'])('refuses %s', async (path) => {
    const response = await chat.get(path)
    expect([response.status, await response.json()]).toEqual([400, { error: expect.any(String) }])
  })
}
