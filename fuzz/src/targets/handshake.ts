// The whole opening handshake over HTTP, in memory: a 101 exactly where RFC 6455 §4.2.1 allows one, otherwise a refusal of the 4xx kind.
// The extension parser is reached by this way only.
import { Buffer } from 'node:buffer'
import { UpgradeRefusedError, inject } from '@tocsin/testing'
import fc from 'fast-check'
import { isExtensionList, isSubprotocolList, listValue } from '../stream/header-values.js'
import { type FuzzTarget, demand } from '../target.js'
import { type World, makeWorld } from './world.js'

interface HandshakeInput {
  readonly extensions: readonly string[]
  readonly subprotocols: readonly string[]
  readonly version: string
  readonly key: string
}

const some = fc.array(listValue, { minLength: 1, maxLength: 2 })
const values = fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: some })
const version = fc.constantFrom('13', '13', '13', '13', '13', '', '8', '013', '13, 8', '13 8')
const rightKey = base64(16, 16)
const wrongKey = fc.oneof(base64(0, 20), fc.base64String({ maxLength: 28 }))

function base64(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString('base64'))
}

export const handshake: FuzzTarget<HandshakeInput> = {
  name: 'handshake',
  testRuns: 300,
  inputs: fc.record({
    extensions: values,
    subprotocols: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: values }),
    version,
    key: fc.oneof({ weight: 9, arbitrary: rightKey }, { weight: 1, arbitrary: wrongKey }),
  }),
  async check(input) {
    const world = makeWorld()
    const status = await statusOf(world, input)
    const isRight = isValid(input)
    demand(isRight === (status === 101), () => `status ${status} for a handshake that is ${isRight ? 'right' : 'wrong'}`)
    demand(status === 101 || (status >= 400 && status < 500), () => `status ${status}`)
    await world.finish()
  },
}

async function statusOf({ endpoint }: World, input: HandshakeInput): Promise<number> {
  const headers = {
    'Sec-WebSocket-Extensions': input.extensions,
    'Sec-WebSocket-Protocol': input.subprotocols,
    'Sec-WebSocket-Version': input.version,
    'Sec-WebSocket-Key': input.key,
  }
  try {
    const client = await inject(endpoint, { headers })
    await client.reset()
    return client.status
  } catch (error) {
    if (error instanceof UpgradeRefusedError) return error.status
    throw error
  }
}

/** RFC 6455 §4.2.1. Several fields of one name are one list (§11.3.2, §11.3.4). */
function isValid({ extensions, subprotocols, version: wanted, key }: HandshakeInput): boolean {
  const bytes = Buffer.from(key, 'base64')
  const isKey = bytes.length === 16 && bytes.toString('base64') === key
  return isKey && wanted === '13' && (extensions.length === 0 || isExtensionList(extensions.join(','))) &&
    (subprotocols.length === 0 || isSubprotocolList(subprotocols.join(',')))
}
