// What a server answers to offers of permessage-deflate: what RFC 7692 §7.1 and the documented options say, by the whole handshake.
import fc from 'fast-check'
import { type Policy, answerByReference, offers, policy, readAnswer } from '../stream/negotiation.js'
import { openPlainClient } from '../stream/plain-client.js'
import { type FuzzTarget, demand } from '../target.js'
import { type Room, makeWorld } from './world.js'

interface NegotiationInput {
  readonly offers: string
  readonly policy: Policy
  readonly room: Room
}

export const negotiation: FuzzTarget<NegotiationInput> = {
  name: 'negotiation',
  testRuns: 300,
  inputs: fc.record({ offers, policy, room: fc.constantFrom('enough', 'enough', 'enough', 'none', 'one-shot') }),
  async check({ offers: value, policy: wanted, room }) {
    const world = makeWorld({ compression: wanted, room })
    const client = await openPlainClient(world.endpoint, { extensions: value })
    const answer = String(readAnswer(client.extensions))
    const expected = String(answerByReference(value, room === 'enough' ? wanted : withoutRoom(value, wanted)))
    demand(answer === expected, () => `answered ${answer}, expected ${expected}`)
    client.reset()
    await world.finish()
  },
}

/** Where contexts cannot be kept, neither side keeps its own. */
function withoutRoom(value: string, wanted: Policy): Policy {
  const answer = answerByReference(value, wanted) ?? []
  const keepsNone = answer.includes('server_no_context_takeover') && answer.includes('client_no_context_takeover')
  return keepsNone ? wanted : { ...wanted, serverNoContextTakeover: true, clientNoContextTakeover: true }
}
