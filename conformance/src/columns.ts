// Against what the cases are run: each column of the tables is a server, what the handshakes offer it, and the themes that make
// sense there.
import type { Theme } from './case.js'
import { type ThemeResult, runThemes } from './runner.js'
import { type EchoServer, USUAL_OFFER } from './servers/echo-server.js'
import { DEFLATE, DEFLATE_WITH_CONTEXT, startTocsin } from './servers/tocsin.js'
import { startWs } from './servers/ws.js'
import type { Target } from './wire/peer.js'

export interface Column {
  readonly name: string
  start(): Promise<EchoServer>
  /** Of every handshake that is not about extensions. */
  readonly offer: string | undefined
  readonly claimsCompression: boolean
  /** How many cases at once: more where many of them wait for what does not come. @default the runner's choice */
  readonly atOnce?: number
  has(theme: Theme): boolean
}

const isAny = (): boolean => true
const is6455 = ({ rfc }: Theme): boolean => rfc === 6455
const is7692 = ({ rfc }: Theme): boolean => rfc === 7692
const isAboutContent = ({ rfc, name }: Theme): boolean => rfc === 7692 && !/offer|sizes|limits/.test(name)

const usual = { offer: USUAL_OFFER, claimsCompression: true }

export const TOCSIN: readonly Column[] = [
  /** Offered compression, this one declines. */
  { ...usual, name: 'off', start: () => startTocsin(), claimsCompression: false, has: is6455 },
  { ...usual, name: 'on', start: () => startTocsin({ compression: DEFLATE, echo: 'bytes' }), has: isAny },
  { ...usual, name: 'context', start: () => startTocsin({ compression: DEFLATE_WITH_CONTEXT }), has: is7692 },
  { ...usual, name: 'relay', start: () => startTocsin({ compression: DEFLATE, echo: 'relay' }), has: isAboutContent },
]

export const OTHERS: readonly Column[] = [{ ...usual, name: 'ws', start: startWs, atOnce: 32, has: isAny }]

/** Any echo server: without an offer and with the usual one. Whether it has compression is not known, so it may decline. */
export function columnsOf(url: URL, claimsCompression: boolean): Column[] {
  const start = (): Promise<EchoServer> => Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() })
  return [
    { name: 'plain', start, offer: undefined, claimsCompression, has: is6455 },
    { name: 'deflate', start, offer: USUAL_OFFER, claimsCompression, has: isAny },
  ]
}

export interface ColumnResult {
  readonly column: string
  readonly themes: readonly ThemeResult[]
}

export async function runColumn(column: Column, themes: readonly Theme[], timeout: number): Promise<ColumnResult> {
  const server = await column.start()
  try {
    const target: Target = { url: server.url, timeout, offer: column.offer, claimsCompression: column.claimsCompression }
    return { column: column.name, themes: await runThemes(themes.filter((theme) => column.has(theme)), target, column.atOnce) }
  } finally {
    await server[Symbol.asyncDispose]()
  }
}
