// The server under test, unless a URL names another one: a Tocsin endpoint that sends back what it gets.
import { type CompressionOptions, WebSocketEndpoint } from '@tocsin/core'
import { type EchoServer, MESSAGE_LIMIT } from './echo-server.js'

export interface TocsinOptions {
  /** @default false */
  readonly compression?: boolean | CompressionOptions
  /**
   * How a message is sent back. 'string': text is decoded and encoded. 'bytes': what was inflated is deflated again, always.
   * 'relay': in the compressed form in which it came, where the parameters allow that. @default 'string'
   */
  readonly echo?: 'string' | 'bytes' | 'relay'
}

export async function startTocsin({ compression = false, echo = 'string' }: TocsinOptions = {}): Promise<EchoServer> {
  const endpoint = new WebSocketEndpoint({ maxMessageSize: MESSAGE_LIMIT, compression, text: echo === 'bytes' ? 'bytes' : 'string' })
  endpoint.on('message', (connection, message, kind) => {
    connection.send(message, { text: kind === 'text', relay: echo === 'relay' })
  })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  return { url: new URL(`ws://127.0.0.1:${port}/`), [Symbol.asyncDispose]: () => endpoint.close({ deadline: 1_000 }) }
}

/** Without a threshold, so that every message that becomes smaller is sent compressed. */
export const DEFLATE: CompressionOptions = { threshold: 0 }
export const DEFLATE_WITH_CONTEXT: CompressionOptions = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false }
