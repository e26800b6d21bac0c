// A WebSocket client for tests, made with `ws`: it keeps what it gets, and a refusal is a value.
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'

/** What the server answered: 101, or a refusal with its whole body. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Client {
  readonly socket: WebSocket
  /** The head of the 101. */
  readonly answer: Answer
  readonly messages: string[]
  readonly closed: Promise<{ code: number; reason: string }>
  echo(text: string): Promise<string>
}

/** Resolves when it is open; rejects with an `Answer` in `cause` when it was refused. */
export async function connect(url: string, options: ClientOptions & { protocols?: string[] } = {}): Promise<Client> {
  const { protocols, ...rest } = options
  const socket = new WebSocket(url, protocols ?? [], rest)
  onTestFinished(() => { socket.terminate() })
  const messages: string[] = []
  socket.on('message', (message: Buffer) => { messages.push(message.toString()) })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  const answer = await answered(socket)
  const echo = async (text: string): Promise<string> => {
    socket.send(text)
    const [message] = await once(socket, 'message') as [Buffer]
    return message.toString()
  }
  return { socket, answer, messages, closed, echo }
}

/** The refusal of a handshake that must not succeed. */
export async function refusal(url: string, options: ClientOptions = {}): Promise<Answer> {
  const error: unknown = await connect(url, options).then(() => new Error('it was accepted'), (reason: unknown) => reason)
  if (error instanceof Error && error.cause !== undefined) return error.cause as Answer
  throw error
}

async function answered(socket: WebSocket): Promise<Answer> {
  let head: IncomingMessage | undefined
  socket.on('upgrade', (response) => { head = response })
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      readAnswer(response).then((answer) => reject(new Error(`refused with ${answer.status}`, { cause: answer })), reject)
    })
  })
  return { status: head!.statusCode!, headers: head!.headers, body: '' }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let body = ''
  for await (const chunk of response) body += String(chunk)
  if (!response.complete) throw new Error('the refusal is not complete')
  return { status: response.statusCode!, headers: response.headers, body }
}
