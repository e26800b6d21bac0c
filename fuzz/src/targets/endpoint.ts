// A whole endpoint that echoes, over an in-memory transport: whatever a client sends and however it leaves, the endpoint answers what the
// reference says, never throws, and keeps nothing.
import { Buffer } from 'node:buffer'
import { CloseFrame, type Frame, Opcode } from '@tocsin/core/protocol'
import { type TestClient, inject, settle } from '@tocsin/testing'
import fc from 'fast-check'
import { type Event, readByReference } from '../stream/reference.js'
import { cutAt, cuts, wire } from '../stream/wire.js'
import { type FuzzTarget, demand, demandSame } from '../target.js'
import { makeWorld } from './world.js'

interface EndpointInput {
  readonly wire: string
  readonly cuts: readonly number[]
  /** How the client leaves: when all is answered, behind its last byte, or never, which leaves it to the endpoint's deadlines. */
  readonly ending: 'fin' | 'fin at once' | 'rst' | 'silence'
  /** Whether handlers answer at once, or in a later turn. */
  readonly handlers: 'now' | 'later'
  /** Whether the first piece travels with the handshake. */
  readonly isEarly: boolean
}

const LIMIT = 1_000

export const endpoint: FuzzTarget<EndpointInput> = {
  name: 'endpoint',
  testRuns: 400,
  inputs: fc.record({
    wire,
    cuts,
    ending: fc.constantFrom('fin', 'fin', 'fin', 'fin at once', 'fin at once', 'rst', 'silence'),
    handlers: fc.constantFrom('now', 'later'),
    isEarly: fc.boolean(),
  }),
  async check({ wire: hex, cuts: places, ending, handlers, isEarly }) {
    const world = makeWorld({ maxMessageSize: LIMIT, maxQueuedMessages: 3 })
    world.endpoint.on('message', (connection, message) => {
      if (handlers === 'later') return settle(2).then(() => connection.send(message))
      connection.send(message)
    })
    const whole = Buffer.from(hex, 'hex')
    const pieces = cutAt(whole, places)
    const head = isEarly ? (pieces.shift() ?? Buffer.alloc(0)) : Buffer.alloc(0)
    const client = await inject(world.endpoint, { head, answersPings: false, answersClose: false })
    for (const piece of pieces) {
      client.write(piece)
      await settle(1)
    }
    await leave(client, ending)
    await world.finish({ byDeadline: ending === 'silence' })
    await client.closed
    demand(client.failure === undefined || ending === 'rst', () => `the endpoint broke the RFC: ${client.failure?.message}`)
    compare(answersOf(client), readByReference(whole, LIMIT).flatMap(answerTo), { isExact: handlers === 'now' && ending !== 'rst' })
  },
}

async function leave(client: TestClient, ending: EndpointInput['ending']): Promise<void> {
  if (ending === 'silence') return
  if (ending === 'fin') await settle(20)
  void (ending === 'rst' ? client.reset() : client.end())
}

function answersOf(client: TestClient): string[] {
  return client.frames.filter(({ opcode }) => opcode !== Opcode.Ping).map(describe)
}

function describe(frame: Frame): string {
  if (frame instanceof CloseFrame) return `close ${frame.code}`
  const kind = frame.opcode === Opcode.Text ? 'text' : frame.opcode === Opcode.Binary ? 'binary' : 'pong'
  return `${kind} ${frame.payload.toString('hex')}`
}

/** What an echo answers to what it sees. */
function answerTo(event: Event): string[] {
  const [kind, detail] = event.split(' ')
  if (kind === 'pong') return []
  if (kind === 'fail') return [`close ${detail}`]
  return [kind === 'ping' ? `pong ${detail}` : event]
}

/** With slow handlers a Pong overtakes messages, and a Close cuts them off: then only their order counts. */
function compare(actual: readonly string[], expected: readonly string[], { isExact }: { isExact: boolean }): void {
  if (isExact) return demandSame('answers', actual, expected)
  const isMessage = (answer: string): boolean => answer.startsWith('text') || answer.startsWith('binary')
  const messages = actual.filter(isMessage)
  demandSame('the first messages', messages, expected.filter(isMessage).slice(0, messages.length))
}
