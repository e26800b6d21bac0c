// A real Chromium: its pages come from the very origin they connect to, so that the check of Origin is a real one too.
import type { Browser, Page } from 'playwright-core'
import { type Agent, type Call, remoteAgent } from '../agent.js'
import { chromiumPath, launchChromium } from 'tocsin-chat-page/testing'
import type { Client } from './client.js'

export const chromium: Client = {
  name: 'Chromium',
  isAvailable: chromiumPath !== undefined,
  largestInflated: 16 << 20,
  http2: true,
  compresses: true,
  chooses: false,
  fragments: false,
  pings: false,
  seesStatus: true,
  async start() {
    const browser = await launchChromium()
    return { agentFor: (origin) => visit(browser, origin), stop: () => browser.close() }
  },
}

async function visit(browser: Browser, origin: string): Promise<Agent> {
  const page = await browser.newPage({ ignoreHTTPSErrors: true })
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(origin)
  const call: Call = (command, args) => page.evaluate(callInPage, [command, args] as const)
  const agent = remoteAgent(call)
  return {
    ...agent,
    async open(url, options) {
      const opened = await agent.open(url, options)
      return 'refused' in opened ? { refused: await complaintAbout(url, { page, complaints }) } : opened
    },
  }
}

/** Runs in the page, where the server's HTML has put `agent`. */
function callInPage([command, args]: readonly [string, readonly unknown[]]): unknown {
  return (globalThis as unknown as { agent: Record<string, (...args: readonly unknown[]) => unknown> }).agent[command]!(...args)
}

/** A page is not told why a handshake failed; the console is. */
async function complaintAbout(url: string, { page, complaints }: { page: Page; complaints: readonly string[] }): Promise<string> {
  for (;;) {
    const found = complaints.find((complaint) => complaint.includes(url))
    if (found !== undefined) return found
    await page.waitForEvent('console')
  }
}
