import { STATUS_CODES } from 'node:http'
import { describe, expect, it } from 'vitest'
import { reasonPhrase } from '../../src/handshake/reason-phrase.js'

/** RFC 9110 renamed these; Node keeps the older phrases. */
const RENAMED = new Set([413, 422])

describe('reasonPhrase', () => {
  it('agrees with Node, but for the phrases that RFC 9110 renamed', () => {
    for (let status = 200; status < 600; status++) {
      const phrase = reasonPhrase(status)
      if (phrase !== '' && !RENAMED.has(status)) expect([status, phrase]).toEqual([status, STATUS_CODES[status]])
    }
  })

  it('is empty for a status without one', () => {
    expect(reasonPhrase(299)).toBe('')
  })
})
