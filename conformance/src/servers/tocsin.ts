// The server under test, unless a URL names another one: a Tocsin endpoint that sends back what it gets.
import { WebSocketEndpoint } from '@tocsin/core'

export interface EchoServer extends AsyncDisposable {
  readonly url: URL
}

export async function startTocsin(): Promise<EchoServer> {
  const endpoint = new WebSocketEndpoint({ maxMessageSize: 16 * 1024 * 1024 })
  endpoint.on('message', (connection, message) => { connection.send(message) })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  return { url: new URL(`ws://127.0.0.1:${port}/`), [Symbol.asyncDispose]: () => endpoint.close({ deadline: 1_000 }) }
}
