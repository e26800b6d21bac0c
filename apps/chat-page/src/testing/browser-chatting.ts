// What visitors do with the page: join, talk, see each other, announce.

import { expect, it } from 'vitest'
import type { Visit } from './visit.js'

export function chattingSuite(visit: Visit): void {
  it('lets three tabs talk, and an announcement reach all three', async () => {
    const [ada, ben, cleo] = [await visit.open(), await visit.open(), await visit.open()]
    await ada.join('Ada', 'blue')
    await ben.join('Ben', 'blue')
    await cleo.join('Cleo', 'green')
    await ada.say('Good morning')
    await ben.sees('Good morning')
    await ada.sees('Ben joined')
    expect([await ada.people(), await ben.people(), await cleo.people()]).toEqual([['Ada', 'Ben'], ['Ada', 'Ben'], ['Cleo']])

    await cleo.announce('Lunch is ready')
    await cleo.page.getByText('It reached 3 people.').waitFor()
    for (const tab of [ada, ben, cleo]) {
      await tab.sees('Lunch is ready')
      expect(await tab.log.getByText('Lunch is ready').count()).toBe(1)
    }
    expect(await cleo.log.getByText('Good morning').count()).toBe(0)
  })

  it('shows who left', async () => {
    const [ada, ben] = [await visit.open('/?room=blue&name=Ada'), await visit.open('/?room=blue&name=Ben')]
    await Promise.all([ada.isConnected(), ben.isConnected()])
    await ben.page.getByRole('button', { name: 'Leave' }).click()
    await ada.sees('Ben left')
    expect(await ada.people()).toEqual(['Ada'])
    expect(await ben.name.inputValue()).toBe('Ben')
  })

  it('takes text for text, never for HTML, and makes links of addresses', async () => {
    const ada = await visit.open('/?room=blue&name=%3Ci%3EAda')
    await ada.isConnected()
    await ada.say('<img src=x onerror=alert(1)> <b>https://example.org/a?b=c</b>')
    const link = ada.log.getByRole('link', { name: 'https://example.org/a?b=c', exact: true })
    await link.waitFor()
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await ada.log.locator('img, i, .text b').count()).toBe(0)
    expect(await ada.people()).toEqual(['<i>Ada'])
  })

  it('puts messages of one person together', async () => {
    const [ada, ben] = [await visit.open('/?room=blue&name=Ada'), await visit.open('/?room=blue&name=Ben')]
    await Promise.all([ada.isConnected(), ben.isConnected()])
    await ada.say('one')
    await ada.say('two')
    await ben.sees('one')
    await ben.say('three')
    await ben.sees('three')
    expect(await ben.log.locator('.group').count()).toBe(2)
    expect(await ben.log.locator('.group.own').count()).toBe(1)
  })

  it('follows the log only while one is at its end', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    for (let line = 0; line < 5; line++) await ada.say(`a long one ${line}\n`.padEnd(300, '\n.'))
    await ada.log.getByText('a long one 4').waitFor()
    const newest = () => ada.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight)
    await expect.poll(newest).toBeLessThan(2)
    await ada.log.evaluate((log) => { log.scrollTop = 0 })
    await ada.announce('Do not jump')
    await ada.page.getByRole('button', { name: '1 new message' }).waitFor()
    expect(await ada.log.evaluate((log) => log.scrollTop)).toBe(0)
    await ada.page.getByRole('button', { name: '1 new message' }).click()
    await expect.poll(newest).toBeLessThan(2)
  })
}
