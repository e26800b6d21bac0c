// The same with permessage-deflate: whatever a client and a server have agreed on, whatever the server sends, the application gets what was
// compressed, and its echo keeps to the agreement.
import { Buffer } from 'node:buffer'
import { settle } from '@tocsin/testing'
import fc from 'fast-check'
import { MessageDeflater, type MessageSpec, bytesOf, framesOf, messageWith } from '../stream/compressed-wire.js'
import { InflatingContext } from '../stream/inflating-context.js'
import { type Policy, answerByReference, policy } from '../stream/negotiation.js'
import { openPlainServer, rightAnswer } from '../stream/plain-server.js'
import { readByReference } from '../stream/reference.js'
import { type Mutation, cutAt, cuts, mutate, mutations } from '../stream/wire.js'
import { type FuzzTarget, demand } from '../target.js'
import { demandDelivered, demandEnd, strictnessFor } from './client.js'
import { sideOf } from './compressed.js'
import { demandEcho } from './echo.js'

interface ClientCompressedInput {
  readonly policy: Policy
  /** What the server makes of the offer. */
  readonly server: Policy
  readonly threshold: number
  readonly level: number
  readonly limit: number
  readonly messages: readonly MessageSpec[]
  /** The server keeps its context and a window of 32 KiB, whatever was agreed on. */
  readonly cheats: boolean
  readonly bends: readonly Mutation[]
  readonly cuts: readonly number[]
}

export const clientCompressed: FuzzTarget<ClientCompressedInput> = {
  name: 'client-compressed',
  testRuns: 100,
  inputs: fc.record({
    policy,
    server: policy,
    threshold: fc.constantFrom(0, 0, 100),
    level: fc.constantFrom(1, 6, 9, 0),
    limit: fc.constantFrom(50, 1_000, 1_000, 20_000, 300_000),
    messages: fc.array(messageWith(fc.constantFrom('sync', 'sync', 'sync', 'sync', 'full', 'finish')), { maxLength: 5 }),
    cheats: fc.constantFrom(false, false, false, false, false, true),
    bends: mutations,
    cuts,
  }),
  async check(input) {
    const { threshold, level, limit } = input
    const server = await openPlainServer({ maxMessageSize: limit, compression: { ...input.policy, threshold, level } })
    const answer = answerByReference(server.offer ?? '', input.server)
    demand(answer !== undefined, () => `no right offer: ${server.offer}`)
    const ours = sideOf(answer!, 'server')
    const whole = wireOf(input, input.cheats ? { keepsContext: true, windowBits: 15 } : ours)
    await server.write([rightAnswer(server, ['permessage-deflate', ...answer!].join('; ')), ...cutAt(whole, input.cuts)])
    await settle(20)
    server.end()
    const event = await server.over()
    const seen = readByReference(whole, {
      limit, from: 'server', isJudged: false, deflate: new InflatingContext({ ...ours, receiver: 'strict' }),
    })
    const deflate = new InflatingContext(theirs(answer!, input))
    const echoed = readByReference(server.received(), { from: 'client', isJudged: true, deflate })
    demandEcho(echoed, seen, strictnessFor(input.messages.reduce((sum, spec) => sum + bytesOf(spec).length, 0), 'fin'))
    demandDelivered(server.messages, seen)
    demandEnd(event, seen)
  },
}

/** RFC 7692 §7.1.1.2, §7.1.2.2: what the client has said itself binds it, too. */
function theirs(answer: readonly string[], { policy: own }: ClientCompressedInput): ConstructorParameters<typeof InflatingContext>[0] {
  const { keepsContext, windowBits } = sideOf(answer, 'client')
  return { keepsContext: keepsContext && !own.clientNoContextTakeover, windowBits: Math.min(windowBits, own.clientMaxWindowBits) }
}

function wireOf({ messages, bends }: ClientCompressedInput, options: ConstructorParameters<typeof MessageDeflater>[0]): Buffer {
  const deflater = new MessageDeflater(options)
  return bends.reduce(mutate, Buffer.concat(messages.map((spec) => framesOf(spec, deflater.payloadOf(spec), 'server'))))
}
