// The chat page in a real Chromium, against a real application. Skipped, by name, where there is no chromium on PATH, or no build.

import { existsSync } from 'node:fs'
import { describe } from 'vitest'
import { chatPage } from '../page.js'
import { accessSuite } from './browser-access.js'
import { chattingSuite } from './browser-chatting.js'
import { returningSuite } from './browser-returning.js'
import { chromiumPath } from './chromium.js'
import type { StartChat } from './running-chat.js'
import { visits } from './visit.js'

export function chatInBrowser({ start }: { start: StartChat }): void {
  describe.skipIf(!chromiumPath || !existsSync(new URL('script/tocsin-client.js', chatPage)))('the chat page in Chromium', () => {
    const visit = visits(start)
    describe('chatting', () => chattingSuite(visit))
    describe('coming back', () => returningSuite(visit))
    describe('access', () => accessSuite(visit))
  })
}
