// The plain HTTP side of the chat contract: the page, the figures, what is not there.

import { expect, it } from 'vitest'
import { freshChat } from './fresh-chat.js'
import type { StartChat } from './running-chat.js'

export function pagesContract(start: StartChat): void {
  const chat = freshChat(start)

  it('serves the page, with a strict policy', async () => {
    const response = await chat.get('/')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain('<html lang="en">')
  })

  it('serves all that the page loads', async () => {
    const page = await (await chat.get('/')).text()
    const paths = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path ?? '')
    expect(paths.length).toBeGreaterThan(3)
    for (const path of paths) expect([path, (await chat.get(path)).status]).toEqual([path, 200])
  })

  it('counts connections in /stats', async () => {
    const before = await (await chat.get('/stats')).json()
    await chat.join({ name: 'Ada' })
    await chat.join({ name: 'Ben', room: 'green' })
    const after = await (await chat.get('/stats')).json()
    expect([before.connections, after.connections]).toEqual([0, 2])
  })

  it('answers 404 to an unknown path', async () => {
    expect((await chat.get('/nowhere')).status).toBe(404)
  })

  it('answers 426 to a plain request for a room', async () => {
    expect((await chat.get('/rooms/blue?name=Ada')).status).toBe(426)
  })
}
