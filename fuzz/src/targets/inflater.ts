// Compressed messages, one way: what node:zlib's one-shot function makes of them is what the handlers get, or the connection fails with
// 1007 or 1009.
import { Buffer } from 'node:buffer'
import { settle } from '@tocsin/testing'
import fc from 'fast-check'
import { MessageDeflater, type MessageSpec, framesOf, messageWith } from '../stream/compressed-wire.js'
import { type Outcome, type WireMessage, outcomesByZlib } from '../stream/inflate-by-zlib.js'
import { type PlainClient, openPlainClient } from '../stream/plain-client.js'
import { readByReference } from '../stream/reference.js'
import { cutAt, cuts, mutate } from '../stream/wire.js'
import { type FuzzTarget, demand, shortened } from '../target.js'
import { type Room, makeWorld } from './world.js'

interface InflaterInput {
  readonly keepsContext: boolean
  readonly windowBits: number
  readonly room: Room
  readonly limit: number
  readonly text: 'string' | 'bytes'
  readonly messages: readonly MessageSpec[]
  readonly cuts: readonly number[]
}

/** What is wrong with frames is not for this target to see, and one stream is all that zlib's function reads. */
const message = messageWith(fc.constantFrom('sync', 'sync', 'sync', 'full')).map((spec) => ({ ...spec, isStray: false }))

export const inflater: FuzzTarget<InflaterInput> = {
  name: 'inflater',
  testRuns: 150,
  inputs: fc.record({
    keepsContext: fc.boolean(),
    windowBits: fc.integer({ min: 8, max: 15 }),
    room: fc.constantFrom('enough', 'enough', 'none', 'one-shot'),
    limit: fc.constantFrom(50, 1_000, 20_000, 300_000),
    text: fc.constantFrom('string', 'bytes'),
    messages: fc.array(message, { maxLength: 4 }),
    cuts,
  }),
  async check({ keepsContext, windowBits, room, limit, text, messages, cuts: places }) {
    const compression = { clientNoContextTakeover: !keepsContext, clientMaxWindowBits: windowBits }
    const world = makeWorld({ compression, room, maxMessageSize: limit, text })
    const got: string[] = []
    world.endpoint.on('message', (_, message, kind) => { got.push(`${kind} ${Buffer.from(message as string).toString('hex')}`) })
    const client = await openPlainClient(world.endpoint, { extensions: 'permessage-deflate; client_max_window_bits' })
    const agreed = { keepsContext: !client.extensions!.includes('client_no_context_takeover'), windowBits }
    const deflater = new MessageDeflater(agreed)
    const payloads = messages.map((spec) => deflater.payloadOf(spec))
    for (const piece of cutAt(Buffer.concat(messages.map((spec, index) => framesOf(spec, payloads[index]!))), places)) {
      client.write(piece)
      await settle(1)
    }
    await settle(20)
    client.end()
    await world.finish()
    await client.closed
    const sent = messages.map((spec, index) => wireMessage(spec, payloads[index]!))
    demandOutcomes(got, closeCodeOf(client), outcomesByZlib(sent, { keepsContext: agreed.keepsContext, limit }))
  },
}

function wireMessage({ kind, segments, bends }: MessageSpec, payload: Buffer): WireMessage {
  return { kind, isCompressed: segments !== null, payload: bends.reduce(mutate, payload), isBent: bends.length > 0 }
}

/** Of the server's Close frame, if there is one. */
function closeCodeOf(client: PlainClient): number | undefined {
  const last = readByReference(client.received(), { from: 'server' }).at(-1)
  demand(last?.startsWith('fail') !== true, () => `the endpoint broke the RFC: ${last}`)
  return last?.startsWith('close') === true ? Number(last.split(' ')[1]) : undefined
}

function demandOutcomes(got: readonly string[], closeCode: number | undefined, outcomes: readonly Outcome[]): void {
  for (const [index, { event, codes }] of outcomes.entries()) {
    const actual = got[index] ?? `close ${closeCode}`
    const possible = [...codes.map((code) => `close ${code}`), ...(event === undefined ? [] : [event])]
    demand(possible.includes(actual), () => `message ${index}: got ${shortened(actual)}, expected ${possible.map(shortened).join(' or ')}`)
    if (got[index] === undefined) return
  }
}
