// What a browser suite gets: one browser, a new application for each test, and tabs that are closed after it.

import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { ChatTab } from './chat-tab.js'
import { launchChromium } from './chromium.js'
import type { RunningChat, StartChat } from './running-chat.js'

export interface Visit {
  readonly url: string
  open(path?: string, options?: BrowserContextOptions): Promise<ChatTab>
  stop(): Promise<void>
  /** On the same port as before. */
  startAgain(): Promise<void>
}

/** Call it inside `describe`. */
export function visits(start: StartChat): Visit {
  let browser: Browser
  let running: RunningChat
  const tabs: ChatTab[] = []

  beforeAll(async () => { browser = await launchChromium() })
  afterAll(() => browser?.close())
  beforeEach(async () => { running = await start() })
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints)
    for (const tab of tabs.splice(0)) await tab.page.context().close()
    await running.stop()
    expect(complaints).toEqual([])
  })
  return {
    get url() { return running.url },
    async open(path = '/', options) {
      const tab = await ChatTab.open(browser, new URL(path, running.url).href, options)
      tabs.push(tab)
      return tab
    },
    stop: () => running.stop(),
    async startAgain() { running = await start(Number(new URL(running.url).port)) },
  }
}
