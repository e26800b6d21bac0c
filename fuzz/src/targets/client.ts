// A whole client that echoes, over an in-memory transport: whatever a server sends behind its 101 and however it leaves, the client answers
// what the reference says, its application gets every message, and nothing is left behind.
import { Buffer } from 'node:buffer'
import type { CloseEvent } from '@tocsin/client'
import fc from 'fast-check'
import { openPlainServer, rightAnswer } from '../stream/plain-server.js'
import { type Event, readByReference } from '../stream/reference.js'
import { cutAt, cuts, serverWire } from '../stream/wire.js'
import { type FuzzTarget, demand, demandSame } from '../target.js'
import { type Ending, type Strictness, demandEcho, leave } from './echo.js'

interface ClientInput {
  readonly wire: string
  readonly cuts: readonly number[]
  readonly ending: Ending
  /** Whether the first piece travels with the 101. */
  readonly isEarly: boolean
}

const LIMIT = 1_000
/** More than this may wait to be sent, and what waits is not sent any more when the connection fails, or FIN comes. */
const SENT_AT_ONCE = 10_000

export const client: FuzzTarget<ClientInput> = {
  name: 'client',
  testRuns: 200,
  inputs: fc.record({
    wire: serverWire,
    cuts,
    ending: fc.constantFrom('fin', 'fin', 'fin', 'fin at once', 'fin at once', 'rst', 'silence'),
    isEarly: fc.boolean(),
  }),
  async check({ wire: hex, cuts: places, ending, isEarly }) {
    const server = await openPlainServer({ maxMessageSize: LIMIT })
    const whole = Buffer.from(hex, 'hex')
    const pieces = cutAt(whole, places)
    const head = rightAnswer(server)
    await server.write(isEarly && pieces.length > 0 ? [Buffer.concat([head, pieces.shift()!])] : [head])
    await server.write(pieces)
    await leave(server, ending)
    const event = await server.over()
    const seen = readByReference(whole, { limit: LIMIT, from: 'server', isJudged: false })
    demandEcho(readByReference(server.received(), { from: 'client', isJudged: true }), seen, strictnessFor(whole.length, ending))
    if (ending === 'rst') return
    demandDelivered(server.messages, seen)
    demandEnd(event, seen)
  },
}

export function strictnessFor(size: number, ending: Ending): Strictness {
  return ending === 'rst' || size > SENT_AT_ONCE ? 'first messages' : 'all'
}

/** Behind `anything` whatever comes is right. */
export function demandDelivered(messages: readonly Event[], seen: readonly Event[]): void {
  const expected = seen.filter((event) => /^(text|binary) /.test(event))
  demandSame('delivered', seen.at(-1) === 'anything' ? messages.slice(0, expected.length) : messages, expected)
}

/** What the application is told of the end: the peer's code, that of a failure, or 1006. */
export function demandEnd({ code, clean }: CloseEvent, seen: readonly Event[]): void {
  const [kind, codes] = seen.at(-1)?.split(' ') ?? []
  if (kind === 'anything') return
  const expected = kind === 'close' || kind === 'fail' ? codes!.split('|') : ['1006']
  demand(expected.includes(String(code)) && clean === (kind === 'close'), () => `told of ${code}, clean ${clean}, behind ${seen.at(-1)}`)
}
