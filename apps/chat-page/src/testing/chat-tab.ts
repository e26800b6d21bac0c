// One tab with the chat page in it, as a visitor sees and uses it: by roles and labels, not by the page's insides.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'

export class ChatTab {
  readonly page: Page
  /** What the page complained of; a lost connection is no complaint, nor is the 503 of a server that is on its way out. */
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/ERR_CONNECTION|status of (4|503)/.test(message.text())) this.complaints.push(message.text())
    })
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<ChatTab> {
    const context = await browser.newContext(options)
    const tab = new ChatTab(await context.newPage())
    await tab.page.goto(url)
    return tab
  }

  /** By the form, with the keyboard. */
  async join(name: string, room: string): Promise<void> {
    await this.name.fill(name)
    await this.room.fill(room)
    await this.page.keyboard.press('Enter')
    await this.isConnected()
  }

  async isConnected(): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: /^Connected$/ }).waitFor()
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text)
    await this.message.press('Enter')
  }

  async announce(text: string): Promise<void> {
    await this.page.getByLabel('To everyone, in every room').fill(text)
    await this.page.keyboard.press('Enter')
  }

  get name(): Locator {
    return this.page.getByLabel('Your name')
  }

  get room(): Locator {
    return this.page.getByLabel('Room', { exact: true })
  }

  get message(): Locator {
    return this.page.getByLabel('Message', { exact: true })
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' })
  }

  sees(text: string): Promise<void> {
    return this.log.getByText(text, { exact: true }).first().waitFor()
  }

  /** The names in the list of who is online. */
  people(): Promise<string[]> {
    return this.page.locator('#people .name').allTextContents()
  }
}
