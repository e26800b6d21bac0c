// The page for those who use the keyboard, listen to it, or hold a phone.

import { expect, it } from 'vitest'
import type { ChatTab } from './chat-tab.js'
import { faintTexts } from './contrast.js'
import type { Visit } from './visit.js'

const NAMED_ROLES = new Set(['textbox', 'button', 'link', 'log', 'list', 'complementary', 'heading', 'checkbox', 'combobox'])

export function accessSuite(visit: Visit): void {
  keyboardSuite(visit)

  it('gives every control a name of its own', async () => {
    const tab = await visit.open()
    expect(await namesOf(tab)).toEqual(['Join', 'Room', 'Your name'])
    await tab.join('Ada', 'blue')
    expect(await namesOf(tab)).toEqual(['Copy link', 'Leave', 'Message', 'Send', 'Send the announcement', 'To everyone, in every room'])
  })

  it('speaks: a log, a status, one main part, headings', async () => {
    const ada = await visit.open('/?room=blue&name=Ada')
    await ada.isConnected()
    expect(await ada.log.getAttribute('aria-live')).toBe('polite')
    expect(await ada.page.getByRole('main').count()).toBe(1)
    expect(await ada.page.getByRole('heading').allTextContents()).toEqual(['#blue', expect.stringContaining('Online'), 'Announce'])
    expect(await ada.page.locator('html').getAttribute('lang')).toBe('en')
  })

  it.each(['light', 'dark'] as const)('has enough contrast when %s', async (colorScheme) => {
    const ada = await visit.open('/?room=blue&name=Ada', { colorScheme })
    await ada.isConnected()
    await ada.say('Good morning')
    await ada.announce('Lunch')
    await ada.sees('Lunch')
    expect(await ada.page.evaluate(faintTexts)).toEqual([])
  })

  it('folds the panel away on a phone, and never scrolls sideways', async () => {
    const ada = await visit.open('/?room=blue&name=Ada', { viewport: { width: 320, height: 600 } })
    await ada.isConnected()
    await ada.say('https://example.org/'.padEnd(300, 'long'))
    await ada.log.getByRole('link').waitFor()
    expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    expect(await ada.log.evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0)
    const toggle = ada.page.getByRole('button', { name: 'People' })
    const people = ada.page.getByRole('complementary')
    expect([await people.isVisible(), await toggle.getAttribute('aria-expanded')]).toEqual([false, 'false'])
    await toggle.click()
    expect([await people.isVisible(), await toggle.getAttribute('aria-expanded')]).toEqual([true, 'true'])
    await ada.page.keyboard.press('Escape')
    expect(await people.isVisible()).toBe(false)
  })
}

function keyboardSuite(visit: Visit): void {
  it('can be used with the keyboard alone', async () => {
    const { page, ...tab } = await opened(visit)
    await page.keyboard.type('Ada')
    await page.keyboard.press('Tab')
    await page.keyboard.type('blue')
    await page.keyboard.press('Enter')
    await tab.isConnected()
    await page.keyboard.type('first line')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('second line')
    await page.keyboard.press('Enter')
    await tab.sees('first line\nsecond line')

    const stops: string[] = []
    for (let step = 0; step < 5; step++) {
      await page.keyboard.press('Shift+Tab')
      stops.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''))
    }
    expect(stops).toEqual(['log', 'Send', 'announce-text', 'leave', 'copy-link'])
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('text')
  })

  it('shows where the focus is', async () => {
    const { page } = await opened(visit)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe('solid')
  })
}

async function opened(visit: Visit) {
  const tab = await visit.open()
  return { page: tab.page, isConnected: () => tab.isConnected(), sees: (text: string) => tab.sees(text) }
}

/** The accessible names of the controls, as the browser tells them to a screen reader; fails on one without. */
async function namesOf(tab: ChatTab): Promise<string[]> {
  const session = await tab.page.context().newCDPSession(tab.page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const named = nodes.filter((node) => !node.ignored && NAMED_ROLES.has(String(node.role?.value)))
    .map((node) => ({ role: String(node.role?.value), name: String(node.name?.value ?? '') }))
  expect(named.filter(({ name }) => name === '')).toEqual([])
  return named.filter(({ role }) => role === 'textbox' || role === 'button').map(({ name }) => name).sort()
}
