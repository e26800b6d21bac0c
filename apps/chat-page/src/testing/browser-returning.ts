// Links into a room, reloading, and what happens when the server goes away and comes back.

import { expect, it } from 'vitest'
import type { Visit } from './visit.js'

export function returningSuite(visit: Visit): void {
  links(visit)
  losses(visit)
}

function links(visit: Visit): void {
  it('leads into a room by a link with a name', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    expect(await ada.page.getByRole('heading', { level: 1 }).textContent()).toBe('#blue')
  })

  it('asks for the name when the link has none', async () => {
    const tab = await visit.open('/?room=green')
    expect(await tab.room.inputValue()).toBe('green')
    await tab.name.fill('Ada')
    await tab.page.keyboard.press('Enter')
    await tab.isConnected()
    expect(new URL(tab.page.url()).search).toBe('?room=green')
  })

  it('says kindly what is wrong with a name or a room', async () => {
    const tab = await visit.open('/?room=no%20room&name=Ada')
    await tab.page.getByRole('alert').getByText('1 to 64 letters').waitFor()
    await tab.room.fill('blue')
    await tab.name.fill(' ')
    await tab.page.keyboard.press('Enter')
    await tab.page.getByRole('alert').getByText('tell your name').waitFor()
    expect(await tab.name.getAttribute('aria-invalid')).toBe('true')
  })

  it('comes back into the room after a reload, but not after leaving', async () => {
    const ada = await visit.open()
    await ada.join('Ada', 'blue')
    await ada.page.reload()
    await ada.isConnected()
    expect(await ada.people()).toEqual(['Ada'])
    await ada.page.getByRole('button', { name: 'Leave' }).click()
    await ada.page.reload()
    await ada.page.getByRole('button', { name: 'Join' }).waitFor()
  })
}

function losses(visit: Visit): void {
  it('reconnects by itself after the server was restarted, and says so', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    await visit.stop()
    await ada.page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor()
    await ada.say('Anybody?')
    await ada.page.getByRole('alert').getByText('Not connected').waitFor()
    expect(await ada.message.inputValue()).toBe('Anybody?')

    await visit.startAgain()
    await ada.isConnected()
    await ada.log.getByText('You are back').waitFor()
    await ada.message.press('Enter')
    await ada.sees('Anybody?')
    expect(await ada.people()).toEqual(['Ada'])
  })

  it('tries at once when asked to', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    await ada.page.evaluate(() => { Math.random = () => 1 })
    await visit.stop()
    await ada.page.getByText('Trying again in 4 s').waitFor()
    await visit.startAgain()
    const begin = performance.now()
    await ada.page.getByRole('button', { name: 'Try now' }).click()
    await ada.isConnected()
    expect(performance.now() - begin).toBeLessThan(2500)
  })

  it('says that an announcement went nowhere', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    await visit.stop()
    await ada.announce('Hello?')
    await ada.page.getByText('The server does not answer. Your text is still here.').waitFor()
  })
}
