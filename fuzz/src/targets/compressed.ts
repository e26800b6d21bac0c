// A whole endpoint that echoes with permessage-deflate: whatever was agreed on, whatever a client sends, however that is cut, it comes back
// as it was, in bytes that keep to the agreement.
import { Buffer } from 'node:buffer'
import type { Connection, WebSocketEndpoint } from '@tocsin/core'
import { settle } from '@tocsin/testing'
import fc from 'fast-check'
import { MessageDeflater, type MessageSpec, bytesOf, framesOf, messageWith } from '../stream/compressed-wire.js'
import { type ContextOptions, InflatingContext } from '../stream/inflating-context.js'
import { type Policy, policy, readAnswer } from '../stream/negotiation.js'
import { openPlainClient } from '../stream/plain-client.js'
import { type Event, readByReference } from '../stream/reference.js'
import { type Mutation, cutAt, cuts, mutate, mutations } from '../stream/wire.js'
import { type FuzzTarget, demand } from '../target.js'
import { type Ending, type Strictness, demandEcho, leave } from './echo.js'
import { type Room, makeWorld } from './world.js'

interface CompressedInput {
  readonly offer: readonly string[]
  readonly policy: Policy
  readonly threshold: number
  readonly level: number
  readonly room: Room
  readonly limit: number
  readonly messages: readonly MessageSpec[]
  /** The client keeps its context and a window of 32 KiB, whatever was agreed on. */
  readonly cheats: boolean
  /** What is done to the client's bytes. */
  readonly bends: readonly Mutation[]
  readonly cuts: readonly number[]
  /** How each message is answered, in turn. */
  readonly answers: readonly Answer[]
  readonly handlers: 'now' | 'later'
  readonly ending: Ending
}

type Answer = (typeof ANSWERS)[number]

const ANSWERS = ['send', 'compressed', 'plain', 'relay', 'broadcast', 'fragments'] as const
const PARAMETERS = ['server_no_context_takeover', 'client_no_context_takeover', 'client_max_window_bits', 'server_max_window_bits=9']
/** More than this may wait to be sent: then Pongs overtake it. */
const SENT_AT_ONCE = 16 * 1024
/** Above 125, and in the middle of what the generator makes; the last one is beyond the memory that inflating works with. */
const LIMITS = [50, 1_000, 1_000, 20_000, 300_000]

export const compressed: FuzzTarget<CompressedInput> = {
  name: 'compressed',
  testRuns: 100,
  inputs: fc.record({
    offer: fc.subarray(PARAMETERS),
    policy,
    threshold: fc.constantFrom(0, 0, 100),
    level: fc.constantFrom(1, 6, 9, 0),
    room: fc.constantFrom('enough', 'enough', 'none', 'one-shot'),
    limit: fc.constantFrom(...LIMITS),
    messages: fc.array(messageWith(fc.constantFrom('sync', 'sync', 'sync', 'sync', 'full', 'finish')), { maxLength: 5 }),
    cheats: fc.constantFrom(false, false, false, false, false, true),
    bends: mutations,
    cuts,
    answers: fc.array(fc.constantFrom<Answer>(...ANSWERS), { minLength: 1, maxLength: 5 }),
    handlers: fc.constantFrom('now', 'now', 'later'),
    ending: fc.constantFrom('fin', 'fin', 'fin', 'fin at once', 'rst', 'silence'),
  }),
  async check(input) {
    const { offer, threshold, level, room, limit, ending } = input
    const world = makeWorld({ compression: { ...input.policy, threshold, level }, room, maxMessageSize: limit, maxQueuedMessages: 3 })
    answerMessages(world.endpoint, input)
    const client = await openPlainClient(world.endpoint, { extensions: ['permessage-deflate', ...offer].join('; ') })
    const answer = readAnswer(client.extensions)
    demand(answer !== undefined, () => 'the offer was declined')
    const clientSide = sideOf(answer!, 'client')
    const whole = wireOf(input, input.cheats ? { keepsContext: true, windowBits: 15 } : clientSide)
    for (const piece of cutAt(whole, input.cuts)) {
      client.write(piece)
      await settle(1)
    }
    await leave(client, ending)
    await world.finish({ byDeadline: ending === 'silence' })
    await client.closed
    const receiver = room === 'one-shot' ? 'lenient' : 'strict'
    const seen = readByReference(whole, { limit, deflate: new InflatingContext({ ...clientSide, receiver }) })
    const answered = readByReference(client.received(), { from: 'server', deflate: new InflatingContext(sideOf(answer!, 'server')) })
    demandEcho(answered, seen, strictnessFor(input, seen))
  },
}

function strictnessFor({ handlers, ending, room, messages }: CompressedInput, seen: readonly Event[]): Strictness {
  // Without room for a state that lasts, a message is looked at when it is complete: what comes between is answered before
  if (handlers === 'later' || ending === 'rst' || room !== 'enough') return 'first messages'
  if (messages.reduce((sum, spec) => sum + bytesOf(spec).length, 0) <= SENT_AT_ONCE) return 'all'
  // A failure, and the end of TCP, cut off what is being sent
  return ending === 'fin at once' || seen.at(-1)?.startsWith('fail') === true ? 'first messages' : 'all but pongs'
}

function answerMessages(endpoint: WebSocketEndpoint, { answers, handlers }: CompressedInput): void {
  let count = 0
  endpoint.on('message', (connection, message) => {
    const answer = answers[count++ % answers.length]!
    if (handlers === 'later') return settle(2).then(() => { send({ endpoint, connection, message }, answer) })
    send({ endpoint, connection, message }, answer)
  })
}

interface Received {
  readonly endpoint: WebSocketEndpoint
  readonly connection: Connection
  readonly message: string | Buffer
}

function send({ endpoint, connection, message }: Received, answer: Answer): void {
  if (answer === 'send') connection.send(message)
  else if (answer === 'broadcast') endpoint.broadcast(message, { compress: true })
  else if (answer === 'relay') connection.send(message, { relay: true, compress: true })
  else if (answer === 'fragments') sendFragments(connection, message)
  else connection.send(message, { compress: answer === 'compressed' })
}

function sendFragments(connection: Connection, message: string | Buffer): void {
  const half = typeof message === 'string' ? message.length : message.length >> 1
  connection.send(message.slice(0, half), { fin: false, compress: true })
  connection.send(message.slice(half))
}

export function sideOf(answer: readonly string[], side: 'server' | 'client'): ContextOptions {
  const bits = answer.find((parameter) => parameter.startsWith(`${side}_max_window_bits=`))?.split('=')[1]
  return { keepsContext: !answer.includes(`${side}_no_context_takeover`), windowBits: Number(bits ?? 15) }
}

function wireOf({ messages, bends }: CompressedInput, options: ContextOptions): Buffer {
  const deflater = new MessageDeflater(options)
  return bends.reduce(mutate, Buffer.concat(messages.map((spec) => framesOf(spec, deflater.payloadOf(spec)))))
}
