// Plain requests to the server under chaos, which must go on working as well.
import { Agent, type RequestOptions, request } from 'node:http'

export async function getJson<Value>(port: number, path: string): Promise<Value> {
  return JSON.parse(await textOf({ port, path, agent: false })) as Value
}

/** Posts over one connection that is kept. */
export class Poster {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async post(path: string, body: string): Promise<{ readonly delivered: number }> {
    return JSON.parse(await textOf({ port: this.#port, path, method: 'POST', agent: this.#agent }, body)) as { delivered: number }
  }

  close(): void {
    this.#agent.destroy()
  }
}

function textOf(options: RequestOptions, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
      response.on('end', () => resolve(text)).on('error', reject)
    })
    sent.on('error', reject).end(body)
  })
}
