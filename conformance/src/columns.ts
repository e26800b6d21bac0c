// Against what the cases are run: each column of the tables is a server or a client, what the handshakes offer, and the cases that
// make sense there.
import { tocsinClient } from './clients/tocsin.js'
import type { EchoClient } from './clients/echo-client.js'
import { wsClient } from './clients/ws.js'
import type { Theme } from './case.js'
import { type ThemeResult, runThemes } from './runner.js'
import { type EchoServer, USUAL_OFFER } from './servers/echo-server.js'
import { DEFLATE, DEFLATE_WITH_CONTEXT, startTocsin } from './servers/tocsin.js'
import { startWs } from './servers/ws.js'
import type { Target } from './wire/peer.js'

/** What is tested: a server that runs, or a client that connects when it is told to. */
type Subject = EchoServer | (AsyncDisposable & { readonly client: EchoClient })

export interface Column {
  readonly name: string
  readonly side: 'server' | 'client'
  start(): Promise<Subject>
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
/** What takes long, and what only a client does at all, once is enough of. */
const maySeeOffer = ({ rfc, name, cases }: Theme): boolean =>
  rfc === 7692 || (!/^(Limits|UTF-8: invalid)$/.test(name) && cases.some(({ of }) => of !== 'client'))
const isAboutContent = ({ rfc, name }: Theme): boolean => rfc === 7692 && !/offer|sizes|limits/.test(name)

const server = { side: 'server', offer: USUAL_OFFER, claimsCompression: true } as const
const client = { side: 'client', offer: USUAL_OFFER, claimsCompression: true } as const

export const TOCSIN: readonly Column[] = [
  /** Offered compression, this one declines. */
  { ...server, name: 'off', start: () => startTocsin(), claimsCompression: false, has: is6455 },
  { ...server, name: 'on', start: () => startTocsin({ compression: DEFLATE, echo: 'bytes' }), has: isAny },
  { ...server, name: 'context', start: () => startTocsin({ compression: DEFLATE_WITH_CONTEXT }), has: is7692 },
  { ...server, name: 'relay', start: () => startTocsin({ compression: DEFLATE, echo: 'relay' }), has: isAboutContent },
  { ...client, name: 'client off', start: () => subjectOf(tocsinClient), offer: undefined, claimsCompression: false, has: is6455 },
  { ...client, name: 'client on', start: () => subjectOf(tocsinClient), has: maySeeOffer },
]

export const OTHERS: readonly Column[] = [
  { ...server, name: 'ws', start: startWs, atOnce: 32, has: isAny },
  { ...client, name: 'ws client', start: () => subjectOf(wsClient), atOnce: 32, has: isAny },
]

async function subjectOf(tested: EchoClient): Promise<Subject> {
  return { client: tested, [Symbol.asyncDispose]: async () => {} }
}

/** Any echo server: without an offer and with the usual one. Whether it has compression is not known, so it may decline. */
export function columnsOf(url: URL, claimsCompression: boolean): Column[] {
  const start = (): Promise<EchoServer> => Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() })
  return [
    { ...server, name: 'plain', start, offer: undefined, claimsCompression, has: is6455 },
    { ...server, name: 'deflate', start, claimsCompression, has: isAny },
  ]
}

/** What of the themes makes sense in a column. */
export function themesOf(column: Column, themes: readonly Theme[]): Theme[] {
  const own = themes.filter((theme) => column.has(theme)).map((theme) => ({
    ...theme,
    cases: theme.cases.filter(({ of = column.side }) => of === column.side),
  }))
  return own.filter(({ cases }) => cases.length > 0)
}

export interface ColumnResult {
  readonly column: string
  readonly themes: readonly ThemeResult[]
}

export async function runColumn(column: Column, themes: readonly Theme[], timeout: number): Promise<ColumnResult> {
  const subject = await column.start()
  try {
    return { column: column.name, themes: await runThemes(themesOf(column, themes), targetOf(column, subject, timeout), column.atOnce) }
  } finally {
    await subject[Symbol.asyncDispose]()
  }
}

export function targetOf({ offer, claimsCompression }: Column, subject: Subject, timeout: number): Target {
  const terms = { timeout, offer, claimsCompression }
  return 'client' in subject ? { ...terms, client: subject.client } : { ...terms, url: subject.url }
}
