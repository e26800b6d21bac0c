// A visitor over a WebSocket of either kind: `ws` from npm, or the one that Node brings along.

import { WebSocket as PackageWebSocket } from 'ws'

export interface ChatEvent {
  readonly event: string
  readonly data: Record<string, unknown>
}

/** What both kinds have in common and this client needs. */
interface Socket {
  onopen: unknown
  onmessage: unknown
  onclose: unknown
  onerror: unknown
  send(data: string | Uint8Array): void
  close(code?: number): void
  pause?(): void
}

type SocketClass = new (url: string) => Socket

interface Waiter {
  readonly event: string
  take(data: ChatEvent['data']): void
}

export interface JoinOptions {
  readonly room?: string
  readonly name?: string
  readonly WebSocket?: unknown
}

export class ChatClient {
  /** Everything that came, in order; `next` does not remove from it. */
  readonly received: ChatEvent[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #socket: Socket
  #unread: ChatEvent[] = []
  #waiters: Waiter[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.onmessage = (message: { data: unknown }) => this.#take(JSON.parse(String(message.data)) as ChatEvent)
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }: { code: number; reason: string }) => resolve({ code, reason })
    })
    socket.onerror = () => {}
  }

  /** Resolves with the welcome already received, and still unread. */
  static async join(url: string, { room = 'blue', name = 'Ada', WebSocket = PackageWebSocket }: JoinOptions = {}): Promise<ChatClient> {
    const target = new URL(`/rooms/${room}?name=${encodeURIComponent(name)}`, url.replace(/^http/, 'ws'))
    const client = new ChatClient(new (WebSocket as SocketClass)(target.href))
    const refused = client.closed.then(({ code }) => { throw new Error(`${name} was not let into ${room}: ${code}`) })
    await Promise.race([client.#peek('welcome'), refused])
    refused.catch(() => {})
    return client
  }

  /** Reads nothing any more, the server's Close included. Only with `ws` from npm. */
  pause(): void {
    this.#socket.pause?.()
  }

  say(text: string): void {
    this.send('say', { text })
  }

  send(event: string, data: object): void {
    this.#socket.send(JSON.stringify({ event, data }))
  }

  sendRaw(message: string | Uint8Array): void {
    this.#socket.send(message)
  }

  close(code = 1000): void {
    this.#socket.close(code)
  }

  /** The data of the first unread event of that name, waiting for it if need be. */
  next(event: string): Promise<ChatEvent['data']> {
    const index = this.#unread.findIndex((candidate) => candidate.event === event)
    const found = index < 0 ? undefined : this.#unread.splice(index, 1)[0]
    if (found) return Promise.resolve(found.data)
    return new Promise((take) => { this.#waiters.push({ event, take }) })
  }

  /** Resolves when all that the server sent before now has come: it answers an unknown event to its sender alone. */
  async settle(): Promise<void> {
    this.send('settle', {})
    await this.next('error')
  }

  count(event: string): number {
    return this.received.filter((candidate) => candidate.event === event).length
  }

  async #peek(event: string): Promise<void> {
    const data = await this.next(event)
    this.#unread.unshift({ event, data })
  }

  #take(event: ChatEvent): void {
    this.received.push(event)
    const waiter = this.#waiters.find((candidate) => candidate.event === event.event)
    if (!waiter) this.#unread.push(event)
    else {
      this.#waiters = this.#waiters.filter((candidate) => candidate !== waiter)
      waiter.take(event.data)
    }
  }
}
