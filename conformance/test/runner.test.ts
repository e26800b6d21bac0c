// That the runner tells a right server from a wrong one: it is pointed at servers that break rules on purpose, by URL.
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, type Server, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { renderMarkdown, renderText, summaryLine } from '../src/report.js'
import { type ThemeResult, countOf, runThemes } from '../src/runner.js'
import { THEMES } from '../src/themes.js'
import { FrameReader } from '../src/wire/frame-reader.js'

const closers: (() => void)[] = []
afterEach(() => { for (const close of closers.splice(0)) close() })

async function listen(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  closers.push(() => server.close())
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

async function run(url: URL, theme: string, cases: RegExp): Promise<ThemeResult[]> {
  const all = THEMES.find(({ name }) => name === theme)!.cases
  return runThemes([{ name: theme, cases: all.filter((each) => cases.test(each.name)) }], { url, timeout: 300 })
}

describe('another server, by its URL', () => {
  test('an echo of another library passes what it keeps and fails what it does not', async () => {
    const http = createHttpServer()
    const echo = new WebSocketServer({ server: http })
    echo.on('connection', (socket) => {
      socket.on('error', () => {}).on('message', (data, isBinary) => { socket.send(data, { binary: isBinary }) })
    })
    closers.push(() => { for (const client of echo.clients) client.terminate() })
    const url = await listen(http)
    const passed = await run(url, 'Framing', /^(text|binary) of (0|125|126|65536) bytes$/)
    expect(countOf(passed)).toEqual({ passed: 8, failed: 0 })
    const late = await run(url, 'UTF-8', /^impossible byte fe: fails at the bad byte$/)
    expect(countOf(late)).toEqual({ passed: 0, failed: 1 })
  })

  test('a server that answers nothing, and one that hangs up', async () => {
    const silent = await run(await listen(createServer()), 'Framing', /^text of 1 bytes$/)
    expect(silent[0]!.results[0]!.failure).toBe('no answer to the handshake: nothing came')
    const rude = await run(await listen(createServer((socket) => socket.end())), 'Framing', /^text of 1 bytes$/)
    expect(rude[0]!.results[0]!.failure).toBe('no answer to the handshake: end')
  })

  test('nobody listens there', async () => {
    const results = await run(new URL('ws://127.0.0.1:1/'), 'Framing', /^text of 1 bytes$/)
    expect(results[0]!.results[0]!.failure).toContain('ECONNREFUSED')
  })
})

describe('what a server must not send', () => {
  test.each([
    ['818537fa213d7f9f4d5158', '5.1', 'a masked frame'],
    ['c100', '5.2', 'a reserved bit'],
    ['8300', '5.2', 'a reserved opcode'],
    ['817e0001', '5.2', 'a length that could be shorter'],
    ['8000', '5.4', 'a continuation without a beginning'],
    ['01008100', '5.4', 'a new message within another one'],
    ['0900', '5.5', 'a control frame in fragments'],
    ['897e007e', '5.5', 'a control frame that is too long'],
    ['880103', '5.5.1', 'half a code'],
    ['880303e8ff', '5.5.1', 'a reason that is not UTF-8'],
    ['88008900', '5.5.1', 'a frame behind Close'],
    ['8101ff', '8.1', 'text that is not UTF-8'],
  ])('%s: §%s %s', (hex, section) => {
    const seen: string[] = []
    new FrameReader((each) => seen.push(each)).push(Buffer.from(hex, 'hex'))
    expect(seen.at(-1)).toContain(`fault: RFC 6455 §${section}:`)
  })
})

test('tables', () => {
  const results = [{ name: 'A|B', section: '5.2', failure: undefined }, { name: 'longer', section: '5.5.1', failure: 'expected a|b' }]
  const themes = [{ name: 'Theme', results }]
  expect(renderText(themes[0]!)).toBe('Theme\n  A|B     §5.2     pass\n  longer  §5.5.1   FAIL: expected a|b\n')
  expect(summaryLine(themes)).toBe('1 passed, 1 failed')
  expect(renderMarkdown(themes)).toContain('| A\\|B | 5.2 | pass |\n| longer | 5.5.1 | FAIL: expected a\\|b |\n')
})
