// The page's socket on the real client for browsers; only the browser's own WebSocket is a fake.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChatSocket } from '../../public/script/chat-socket.js'

class FakeWebSocket {
  static made: FakeWebSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((close: { code: number; reason: string; wasClean: boolean }) => void) | null = null
  readonly protocol = ''
  readonly extensions = ''
  readonly bufferedAmount = 0
  readyState = 0
  sent: string[] = []
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeWebSocket.made.push(this)
  }

  send(text: string) { this.sent.push(text) }
  close() { if (this.readyState < 2) this.lose(this.readyState === 1 ? 1000 : 1006) }
  async welcome() {
    this.readyState = 1
    this.onopen?.()
    await vi.advanceTimersByTimeAsync(0)
    this.onmessage?.({ data: '{"event":"welcome","data":{"online":[]}}' })
  }
  lose(code = 1006, reason = '') {
    this.readyState = 3
    this.onclose?.({ code, reason, wasClean: code !== 1006 })
  }
}

const states: { name: string; [detail: string]: unknown }[] = []
const events: unknown[] = []
let probe: () => Promise<{ refusal?: string; hint?: string }>

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeWebSocket)
  probe = async () => ({})
  for (const list of [FakeWebSocket.made, states, events]) list.length = 0
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const latest = () => FakeWebSocket.made.at(-1) as FakeWebSocket
const names = () => states.map((state) => state.name)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** The first attempt has begun. */
async function visit() {
  const socket = new ChatSocket(new URL('https://chat.example/rooms/blue?name=Ada'), {
    onEvent: (event: unknown) => events.push(event),
    onState: (state: { name: string }) => states.push(state),
  }, { probe: () => probe(), random: () => 1 })
  await pass(0)
  return socket
}

describe('ChatSocket', () => {
  it('is open from the welcome on, and sends only then', async () => {
    const socket = await visit()
    expect(latest().url).toBe('wss://chat.example/rooms/blue?name=Ada')
    expect(socket.send('say', { text: 'early' })).toBe(false)
    await latest().welcome()
    expect(socket.send('say', { text: 'hi' })).toBe(true)
    expect(latest().sent).toEqual(['{"event":"say","data":{"text":"hi"}}'])
    expect([names(), events]).toEqual([['connecting', 'open'], [{ event: 'welcome', data: { online: [] } }]])
  })

  it('comes back after a loss, waiting longer each time, and starts anew after a while', async () => {
    await visit()
    await latest().welcome()
    await pass(5_000)
    latest().lose(1001)
    expect(states.at(-1)).toEqual({ name: 'waiting', until: Date.now() + 500, hint: '' })
    await pass(500)
    expect(FakeWebSocket.made).toHaveLength(2)
    latest().lose()
    await pass(999)
    expect(FakeWebSocket.made).toHaveLength(2)
    await pass(1)
    expect(FakeWebSocket.made).toHaveLength(3)
    await latest().welcome()
    await pass(5_000)
    latest().lose()
    expect(states.at(-1)).toMatchObject({ name: 'waiting', until: Date.now() + 500 })
  })

  it('does not wait when told to try now', async () => {
    const socket = await visit()
    await latest().welcome()
    latest().lose()
    socket.retryNow()
    socket.retryNow()
    await pass(0)
    expect([FakeWebSocket.made.length, names().at(-1)]).toEqual([2, 'connecting'])
  })

  it('gives up an attempt that takes 15 seconds', async () => {
    await visit()
    await pass(15_000)
    expect([FakeWebSocket.made[0]?.readyState, names().at(-1)]).toEqual([3, 'waiting'])
  })

  it('stops when the server says why it will never do', async () => {
    probe = async () => ({ refusal: 'Who are you?' })
    await visit()
    latest().lose()
    await pass(0)
    expect(states.at(-1)).toEqual({ name: 'refused', reason: 'Who are you?' })
    await pass(60_000)
    expect(FakeWebSocket.made).toHaveLength(1)
  })

  it('goes on, with a hint, when the server is only away', async () => {
    probe = async () => ({ hint: 'The server does not answer.' })
    await visit()
    latest().lose()
    await pass(0)
    expect(states.at(-1)).toEqual({ name: 'waiting', until: Date.now() + 500, hint: 'The server does not answer.' })
    await pass(500)
    expect(FakeWebSocket.made).toHaveLength(2)
  })

  it.each([1008, 4000, 4401])('never comes back after %i', async (code) => {
    await visit()
    await latest().welcome()
    latest().lose(code, 'banned')
    await pass(60_000)
    expect([states.at(-1), FakeWebSocket.made.length]).toEqual([{ name: 'refused', reason: 'banned' }, 1])
  })

  it('comes back even after a normal closure: the server may have been replaced', async () => {
    await visit()
    await latest().welcome()
    latest().lose(1000)
    await pass(500)
    expect([names().at(-1), FakeWebSocket.made.length]).toEqual(['waiting', 2])
  })

  it('is quiet after leaving', async () => {
    const socket = await visit()
    await latest().welcome()
    const left = latest()
    socket.leave()
    await pass(60_000)
    expect([left.readyState, names(), FakeWebSocket.made.length]).toEqual([3, ['connecting', 'open', 'left'], 1])
  })

  it('is quiet after leaving while it waits, or connects', async () => {
    const waiting = await visit()
    latest().lose()
    await pass(0)
    waiting.leave()
    const connecting = await visit()
    connecting.leave()
    await pass(60_000)
    expect([names(), FakeWebSocket.made.length]).toEqual([['connecting', 'waiting', 'left', 'connecting', 'left'], 2])
  })

  it('ignores what is no event', async () => {
    const warning = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await visit()
    latest().onopen?.()
    await pass(0)
    for (const data of ['not json', '7', 'null', '{"event":7}']) latest().onmessage?.({ data })
    expect([events, warning.mock.calls.length]).toEqual([[], 1])
    warning.mockRestore()
  })
})
