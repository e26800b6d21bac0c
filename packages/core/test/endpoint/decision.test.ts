// A decision is made by the handshake and by nothing else: what only looks like one lets nobody in.
import { expect, test } from 'vitest'
import { Decision, type Outcome } from '../../src/endpoint/decision.js'
import type { Handshake } from '../../src/endpoint/handshake.js'
import { request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'

const accepting: Outcome<string> = { kind: 'accept', data: 'd', options: {}, firesOpen: true }

test('carries its outcome', () => {
  expect(new Decision(accepting).outcome).toBe(accepting)
})

test.each<[string, (handshake: Handshake) => unknown]>([
  ['a copy', (handshake) => ({ ...handshake.accept('d') })],
  ['its outcome', () => accepting],
  ['true', () => true],
  ['nothing', () => undefined],
])('%s is no decision', async (_what, upgrade) => {
  const { port, opened, errors, refusals } = await serve({ upgrade: upgrade as (handshake: Handshake) => Decision<string> })
  const peer = await (await request(port)).refused()
  expect([peer.status, opened.length]).toEqual([500, 0])
  expect(peer.body).not.toContain('upgrade hook')
  expect(errors).toMatchObject([{ error: { code: 'WS_ERR_NO_DECISION' } }])
  expect(refusals).toMatchObject([{ status: 500 }])
})
