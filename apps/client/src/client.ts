// The example of Workerman's manual, in Tocsin: a client with headers of its own that pings every 55 s, answers what it hears, and
// is back a second after it was lost.

import { WebSocketClient, type WebSocketClientOptions } from '@tocsin/client'

export function createClient(url: string, log: (line: string) => void, options: WebSocketClientOptions = {}): WebSocketClient {
  const client = new WebSocketClient(url, {
    headers: { Cookie: 'PHPSESSID=10fgfbu2t2ln9vb2fdd2rfp1n3', 'X-Token': 'xxx' },
    pingInterval: 55_000,
    reconnect: 1_000,
    ...options,
  })

  client.on('connect', () => log('tcp connected'))
  client.on('open', ({ response, reconnected }) => {
    log(`${reconnected ? 'open again' : 'open'}: ${response?.status}`)
    client.send('hello')
  })
  client.on('message', (message) => {
    log(`message: ${String(message)}`)
    if (message === 'how are you') client.send('fine, thanks')
  })
  client.on('error', (error) => log(`error: ${error.message}`))
  client.on('close', ({ code, reason }) => log(`close: ${code} ${reason}`.trimEnd()))
  return client
}
