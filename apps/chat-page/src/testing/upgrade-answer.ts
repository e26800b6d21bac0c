// Asks for a WebSocket and reads the HTTP answer as a client library never shows it: whole, to the end of the connection.

import { connect } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The answer to an upgrade request that is not a 101. */
export async function upgradeAnswer(url: string, path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const { hostname, port, host } = new URL(url)
  const lines = Object.entries({ ...handshakeHeaders(host), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return parseAnswer(await exchange({ port: Number(port), host: hostname }, `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`))
}

function handshakeHeaders(host: string): Record<string, string> {
  const key = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }
  return { Host: host, Connection: 'Upgrade', Upgrade: 'websocket', ...key }
}

/** Sends, then reads until the server ends the connection: a refusal that leaves it open would hang here. */
function exchange(address: { port: number; host: string }, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(address, () => socket.write(request))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (Buffer.concat(chunks).toString('latin1').startsWith('HTTP/1.1 101')) socket.destroy(new Error(`A 101 for ${request}`))
    })
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    socket.on('error', reject)
  })
}

function parseAnswer(text: string): HttpAnswer {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`Not a complete HTTP response: ${JSON.stringify(text)}`)
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  }))
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.slice(end + 4) }
}
