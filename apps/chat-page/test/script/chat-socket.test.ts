import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChatSocket } from '../../public/script/chat-socket.js'

class FakeWebSocket {
  static made: FakeWebSocket[] = []
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((close: { code: number; reason: string }) => void) | null = null
  sent: string[] = []
  isClosed = false
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeWebSocket.made.push(this)
  }

  send(text: string) { this.sent.push(text) }
  close() { this.isClosed = true }
  welcome() { this.onmessage?.({ data: '{"event":"welcome","data":{"online":[]}}' }) }
  lose(code = 1006, reason = '') { this.onclose?.({ code, reason }) }
}

const states: { name: string; [detail: string]: unknown }[] = []
const events: unknown[] = []
let probe: () => Promise<{ refusal?: string; hint?: string }>

beforeEach(() => {
  vi.useFakeTimers()
  probe = async () => ({})
  for (const list of [FakeWebSocket.made, states, events]) list.length = 0
})
afterEach(() => { vi.useRealTimers() })

const latest = () => FakeWebSocket.made.at(-1) as FakeWebSocket
const names = () => states.map((state) => state.name)

function visit() {
  return new ChatSocket(new URL('https://chat.example/rooms/blue?name=Ada'), {
    onEvent: (event: unknown) => events.push(event),
    onState: (state: { name: string }) => states.push(state),
  }, { WebSocket: FakeWebSocket as unknown as typeof WebSocket, probe: () => probe(), random: () => 1 })
}

describe('ChatSocket', () => {
  it('is open from the welcome on, and sends only then', () => {
    const socket = visit()
    expect(latest().url).toBe('wss://chat.example/rooms/blue?name=Ada')
    expect(socket.send('say', { text: 'early' })).toBe(false)
    latest().welcome()
    expect(socket.send('say', { text: 'hi' })).toBe(true)
    expect(latest().sent).toEqual(['{"event":"say","data":{"text":"hi"}}'])
    expect([names(), events]).toEqual([['connecting', 'open'], [{ event: 'welcome', data: { online: [] } }]])
  })

  it('comes back after a loss, waiting longer each time, and starts anew after a welcome', async () => {
    visit()
    latest().welcome()
    latest().lose(1001)
    expect(states.at(-1)).toEqual({ name: 'waiting', until: Date.now() + 500, hint: '' })
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.made).toHaveLength(2)
    latest().lose()
    await vi.advanceTimersByTimeAsync(999)
    expect(FakeWebSocket.made).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    latest().welcome()
    latest().lose()
    expect(states.at(-1)).toMatchObject({ name: 'waiting', until: Date.now() + 500 })
  })

  it('does not wait when told to try now', () => {
    const socket = visit()
    latest().welcome()
    latest().lose()
    socket.retryNow()
    socket.retryNow()
    expect([FakeWebSocket.made.length, names().at(-1)]).toEqual([2, 'connecting'])
  })

  it('gives up an attempt that takes 15 seconds', async () => {
    visit()
    await vi.advanceTimersByTimeAsync(15_000)
    expect([FakeWebSocket.made[0]?.isClosed, names().at(-1)]).toEqual([true, 'waiting'])
  })

  it('stops when the server says why it will never do', async () => {
    probe = async () => ({ refusal: 'Who are you?' })
    visit()
    latest().lose()
    await vi.advanceTimersByTimeAsync(0)
    expect(states.at(-1)).toEqual({ name: 'refused', reason: 'Who are you?' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeWebSocket.made).toHaveLength(1)
  })

  it('goes on, with a hint, when the server is only away', async () => {
    probe = async () => ({ hint: 'The server does not answer.' })
    visit()
    latest().lose()
    await vi.advanceTimersByTimeAsync(0)
    expect(states.at(-1)).toEqual({ name: 'waiting', until: Date.now() + 500, hint: 'The server does not answer.' })
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.made).toHaveLength(2)
  })

  it.each([1008, 4000, 4401])('never comes back after %i', async (code) => {
    visit()
    latest().welcome()
    latest().lose(code, 'banned')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([states.at(-1), FakeWebSocket.made.length]).toEqual([{ name: 'refused', reason: 'banned' }, 1])
  })

  it('is quiet after leaving', async () => {
    const socket = visit()
    latest().welcome()
    const left = latest()
    socket.leave()
    left.lose()
    left.welcome()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([left.isClosed, names(), FakeWebSocket.made.length]).toEqual([true, ['connecting', 'open', 'left'], 1])
  })

  it('ignores what is no event', () => {
    const warning = vi.spyOn(console, 'warn').mockImplementation(() => {})
    visit()
    for (const data of ['not json', '7', 'null', '{"event":7}']) latest().onmessage?.({ data })
    expect([events, warning.mock.calls.length]).toEqual([[], 1])
    warning.mockRestore()
  })
})
