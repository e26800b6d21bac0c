// Reads serialized responses with Node's own HTTP parser, over a stream in memory: the second opinion on every byte.
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'

export interface ParsedResponse {
  readonly status: number | undefined
  readonly reason: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export async function parseResponse(bytes: Buffer): Promise<ParsedResponse> {
  const response = await exchange(bytes)
  const chunks: Buffer[] = []
  if (response.statusCode !== 101) for await (const chunk of response) chunks.push(chunk as Buffer)
  const { statusCode: status, statusMessage: reason, headers, rawHeaders } = response
  return { status, reason, headers, rawHeaders, body: Buffer.concat(chunks) }
}

function exchange(bytes: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    const outgoing = request({ createConnection: () => socket, headers: { connection: 'Upgrade', upgrade: 'websocket' } })
    outgoing.on('response', resolve).on('upgrade', resolve).on('error', reject).end()
    outgoing.on('socket', () => {
      socket.push(bytes)
      socket.push(null)
    })
  })
}
