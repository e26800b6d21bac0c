import { WebSocketClient } from '@tocsin/client'
import { WebSocketEndpoint } from '@tocsin/core'
import { acceptKey } from '@tocsin/core/handshake'

async function main(): Promise<void> {
  const endpoint = new WebSocketEndpoint({ compression: true })
  endpoint.on('message', (connection, message) => { connection.send(message) })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  const client = new WebSocketClient(`ws://127.0.0.1:${port}/`, { compression: { threshold: 0 }, reconnect: { maxDelay: 1_000 } })
  client.send('hi')
  const { value } = await client[Symbol.asyncIterator]().next()
  const { code, clean } = await client.close()
  await endpoint.close()
  console.log(value === 'hi' && code === 1000 && clean && acceptKey('').length === 28 ? 'ok' : `not ok: ${String(value)} ${code}`)
}

void main()
