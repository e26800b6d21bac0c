// That nothing a client sends closes its connection, nor keeps the next request from being answered.
import fc from './support/fast-check.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../src/index.js'
import { listen } from './support/chat.js'

const event = fc.oneof(fc.constantFrom('say', 'reply', 'error', '__proto__'), fc.jsonValue())
const envelope = fc.record({ event, data: fc.jsonValue(), id: fc.jsonValue() }, { requiredKeys: [] })
const garbage = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.json(),
  fc.uint8Array({ maxLength: 64 }),
  envelope.map((message) => JSON.stringify(message)),
)

test('garbage never closes the connection', async () => {
  const { endpoint, connect } = await listen()
  const events = defineEvents(endpoint, { say: z.object({ text: z.string() }), check: z.number() })
  events.on('say', (_connection, { text }) => text).on('check', (_connection, number) => number)
  endpoint.on('error', (error) => { throw error })
  const ada = await connect()
  let id = 0
  await fc.assert(fc.asyncProperty(fc.array(garbage, { maxLength: 20 }), async (messages) => {
    for (const message of messages) ada.say(message)
    ada.say({ event: 'check', data: ++id, id: `check ${id}` })
    let answer = await ada.next()
    while (answer['id'] !== `check ${id}`) answer = await ada.next()
    expect(answer).toEqual({ event: 'reply', data: id, id: `check ${id}` })
  }), { numRuns: 200 })
  expect([endpoint.stats().closed, events.stats().failed]).toEqual([0, 0])
})

test('what is sent arrives as JSON has it', async () => {
  const { endpoint, connect } = await listen()
  const events = defineEvents(endpoint, { echo: z.unknown() })
  events.on('echo', (_connection, data) => data)
  const ada = await connect()
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (data) => {
    ada.say({ event: 'echo', data, id: 1 })
    expect(await ada.next()).toEqual(JSON.parse(JSON.stringify({ event: 'reply', data, id: 1 })))
  }), { numRuns: 100 })
})
