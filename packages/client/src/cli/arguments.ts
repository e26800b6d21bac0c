// The command line, read: what to connect to, and how. Pure.
import { type ParseArgsConfig, parseArgs } from 'node:util'

export interface Arguments {
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly subprotocols: readonly string[]
  readonly origin: string | undefined
  /** Each event as a line of JSON. */
  readonly json: boolean
  readonly compression: boolean
  readonly reconnect: boolean
  /** Certificates are not checked. */
  readonly insecure: boolean
  /** Milliseconds to listen on after the end of the input. */
  readonly wait: number
}

/** What to print instead of connecting, and where the process ends with it. */
export interface Notice {
  readonly text: string
  readonly exitCode: 0 | 2
}

export const USAGE = `Usage: tocsin-client <url> [options]

Connects to a WebSocket, sends each line of the input as a text message, and shows what comes.

  -H, --header 'Name: value'   a field for the request; may be repeated
  -s, --subprotocol <name>     a subprotocol to ask for; may be repeated
  -o, --origin <origin>        the page to be on, as browsers say it
  -c, --compress               offer permessage-deflate
  -r, --reconnect              come back when the connection is lost
  -j, --json                   each event as one line of JSON
  -w, --wait <seconds>         listen on for so long after the end of the input
      --insecure               take any certificate
  -h, --help    -v, --version

In a terminal: /ping [text]   /close [code] [reason]   //text sends a line that begins with /   Ctrl+D closes
`

const OPTIONS = {
  header: { type: 'string', short: 'H', multiple: true },
  subprotocol: { type: 'string', short: 's', multiple: true },
  origin: { type: 'string', short: 'o' },
  compress: { type: 'boolean', short: 'c' },
  reconnect: { type: 'boolean', short: 'r' },
  json: { type: 'boolean', short: 'j' },
  wait: { type: 'string', short: 'w' },
  insecure: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const satisfies ParseArgsConfig['options']

export function readArguments(args: readonly string[], version: string): Arguments | Notice {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    if (values.help === true) return { text: USAGE, exitCode: 0 }
    if (values.version === true) return { text: `${version}\n`, exitCode: 0 }
    const [url, ...others] = positionals
    if (url === undefined || others.length > 0) return { text: USAGE, exitCode: 2 }
    return {
      url: /^[a-z]+:\/\//i.test(url) ? url : `ws://${url}`,
      headers: (values.header ?? []).map(readHeader),
      subprotocols: values.subprotocol ?? [],
      origin: values.origin,
      json: values.json ?? false,
      compression: values.compress ?? false,
      reconnect: values.reconnect ?? false,
      insecure: values.insecure ?? false,
      wait: readSeconds(values.wait ?? '0') * 1_000,
    }
  } catch (error) {
    return { text: `${(error as Error).message}\n`, exitCode: 2 }
  }
}

function readHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(':')
  if (colon <= 0) throw new Error(`a header is written 'Name: value', not ${JSON.stringify(text)}`)
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
}

function readSeconds(text: string): number {
  const seconds = text.trim() === '' ? NaN : Number(text)
  if (!(seconds >= 0)) throw new Error(`--wait takes a number of seconds, not ${JSON.stringify(text)}`)
  return seconds
}
