// A new application for each test, stopped after it, and the clients that visited it.

import { afterEach, beforeEach } from 'vitest'
import { ChatClient, type JoinOptions } from './chat-client.js'
import type { RunningChat, StartChat } from './running-chat.js'

export interface FreshChat {
  readonly url: string
  /** A client that is closed after the test. Its welcome is unread. */
  join(options?: JoinOptions): Promise<ChatClient>
  get(path: string): Promise<Response>
  stop(): Promise<void>
}

/** Call it inside `describe`. */
export function freshChat(start: StartChat): FreshChat {
  let running: RunningChat
  let stopped: Promise<void> | undefined
  const clients: ChatClient[] = []
  const stop = () => stopped ??= running.stop()

  beforeEach(async () => {
    running = await start()
    stopped = undefined
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await stop()
  })
  return {
    get url() { return running.url },
    get: (path) => fetch(new URL(path, running.url)),
    stop,
    async join(options) {
      const client = await ChatClient.join(running.url, options)
      clients.push(client)
      return client
    },
  }
}
