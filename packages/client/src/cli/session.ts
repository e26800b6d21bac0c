// One session at the terminal: lines of the input become messages, and events become lines of the output. Knows streams and the
// client; the process is main.ts.
import { type Interface, clearLine, createInterface, cursorTo } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { type CloseEvent, WebSocketClient, type WebSocketClientOptions } from '../index.js'
import type { Arguments } from './arguments.js'
import { type Printer, jsonPrinter, peoplePrinter } from './printer.js'

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly hasColors: boolean
  /** Ctrl+C, where nobody types: the connection is closed as it should be. */
  readonly interrupt?: AbortSignal
}

/** Of a file that is sent, so much waits. */
const MAX_BUFFERED = 64 * 1024

/** @returns the exit code: 0 after a clean end, 1 otherwise */
export async function runSession(args: Arguments, terminal: Terminal, options: WebSocketClientOptions = {}): Promise<number> {
  const { input, output } = terminal
  const isInteractive = input.isTTY === true && output.isTTY === true && !args.json
  const client = new WebSocketClient(args.url, { ...optionsOf(args), ...options })
  const lines = createInterface({ input, ...(isInteractive && { output, prompt: '> ' }), terminal: isInteractive })
  const print = printerOf(args, terminal, isInteractive ? () => client.readyState < 3 && lines.prompt(true) : undefined)
  tell(client, print)
  terminal.interrupt?.addEventListener('abort', () => void client.close())
  // Whoever read the output has left: `| head -1`.
  output.on('error', () => client.terminate())
  if (isInteractive) {
    lines.on('line', (line) => {
      command(client, line, print)
      if (client.readyState < 3) lines.prompt()
    })
    lines.on('close', () => void endOf(client, args.wait))
  } else void sendAll(client, lines, print).then(() => endOf(client, args.wait))
  const end = await client.closed
  lines.close()
  return isGood(end) ? 0 : 1
}

function optionsOf({ headers, subprotocols, origin, compression, reconnect, insecure }: Arguments): WebSocketClientOptions {
  const tls = { rejectUnauthorized: !insecure }
  return { headers, subprotocols, compression, reconnect, tls, ...(origin !== undefined && { origin }) }
}

/** @param promptAgain where somebody types */
function printerOf({ json }: Arguments, { output, hasColors }: Terminal, promptAgain: (() => void) | undefined): Printer {
  const write = (line: string): void => {
    if (promptAgain === undefined) return void output.write(`${line}\n`)
    // What is being typed moves down one line.
    cursorTo(output, 0)
    clearLine(output, 0)
    output.write(`${line}\n`)
    promptAgain()
  }
  return json ? jsonPrinter(write) : peoplePrinter(write, hasColors)
}

function tell(client: WebSocketClient, print: Printer): void {
  let url = ''
  client
    .on('connect', (info) => { ({ url } = info) })
    .on('open', (event) => print.open(event, { url, subprotocol: client.subprotocol, extensions: client.extensions }))
    .on('message', (message) => print.message(message))
    .on('ping', (payload) => print.frame('ping', payload))
    .on('pong', (payload) => print.frame('pong', payload))
    .on('error', (error) => print.error(error))
    .on('close', (event) => print.close(event))
    .on('reconnecting', (event) => print.reconnecting(event))
}

/** No faster than the network takes it. */
async function sendAll(client: WebSocketClient, lines: Interface, print: Printer): Promise<void> {
  for await (const line of lines) {
    if (!client.send(line)) print.error(new Error(`a line of ${line.length} characters was not sent`))
    if (client.bufferedAmount > MAX_BUFFERED) await client.drained()
  }
}

/** A line typed by a person. */
function command(client: WebSocketClient, line: string, print: Printer): void {
  const [, name, rest = ''] = /^\/(\w+)(?: +(.*))?$/.exec(line) ?? []
  if (name === 'ping') return attempt(() => client.ping(rest), print)
  if (name === 'close') return close(client, rest, print)
  if (/^\/(?!\/)/.test(line)) return print.hint('there is /ping [text] and /close [code] [reason]; //text sends /text')
  if (!client.send(line.replace(/^\/\//, '/'))) print.hint('not sent')
}

function close(client: WebSocketClient, rest: string, print: Printer): void {
  const [, code = '1000', reason = ''] = /^(\d+)? *(.*)$/.exec(rest) ?? []
  attempt(() => client.close(Number(code), reason), print)
}

function attempt(act: () => unknown, print: Printer): void {
  try {
    act()
  } catch (error) {
    print.error(error as Error)
  }
}

/** The input has ended. What it said is sent, and answers have their time. */
async function endOf(client: WebSocketClient, wait: number): Promise<void> {
  await client.opened.then(() => client.drained(), () => undefined)
  if (wait > 0) await Promise.race([client.closed, new Promise((resolve) => { setTimeout(resolve, wait) })])
  void client.close()
}

function isGood({ clean, code, initiator }: CloseEvent): boolean {
  return clean && (initiator === 'local' || code === 1000 || code === 1001 || code === 1005)
}
