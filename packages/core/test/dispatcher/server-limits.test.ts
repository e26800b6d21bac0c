// What several callers say of one server together.
import { describe, expect, test } from 'vitest'
import { DeclaredLimits, limitsAmong } from '../../src/dispatcher/server-limits.js'

test('only the limits among some options count', () => {
  expect(limitsAmong({ maxConnections: 1, maxPendingHandshakes: undefined, path: '/', ignore() {} } as never)).toEqual({ maxConnections: 1 })
})

describe('several callers', () => {
  test('each may say its part, and repeat what was said', () => {
    const limits = new DeclaredLimits()
    limits.add({ maxConnections: 5 })
    limits.add({ maxConnections: 5, maxPendingHandshakes: 3 })
    limits.add({})
    expect([limits.get('maxConnections'), limits.get('maxPendingHandshakes'), limits.get('maxConnectionsPerAddress')]).toEqual([5, 3, undefined])
  })

  test('a contradiction is a usage error that changes nothing', () => {
    const limits = new DeclaredLimits()
    limits.add({ maxConnections: 5 })
    const message = 'maxConnections is 5 on this server already, not 6: it is one limit for the whole server, so set it once, or to the same number'
    expect(() => limits.add({ maxConnections: 6, maxPendingHandshakes: 1 })).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_LIMITS_CONFLICT', message }))
    expect([limits.get('maxConnections'), limits.get('maxPendingHandshakes')]).toEqual([5, undefined])
  })

  test('a limit holds until the last one who has set it takes it back', () => {
    const limits = new DeclaredLimits()
    const [first, second] = [limits.add({ maxConnections: 5 }), limits.add({ maxConnections: 5 })]
    first()
    first()
    expect(limits.get('maxConnections')).toBe(5)
    second()
    expect(limits.get('maxConnections')).toBe(undefined)
    limits.add({ maxConnections: 6 })
    expect(limits.get('maxConnections')).toBe(6)
  })

  test('the proxies that they trust add up', () => {
    const limits = new DeclaredLimits()
    limits.add({ trustedProxies: ['10.0.0.0/8'] })
    const forget = limits.add({ trustedProxies: ['loopback'] })
    expect(['10.0.0.1', '127.0.0.1', '192.0.2.1'].map(limits.isTrusted)).toEqual([true, true, false])
    forget()
    expect(['10.0.0.1', '127.0.0.1'].map(limits.isTrusted)).toEqual([true, false])
  })
})

describe.each(['maxConnections', 'maxConnectionsPerAddress', 'maxPendingHandshakes'])('%s', (name) => {
  test.each([0, -1, 1.5, Number.NaN, '5', null, true, -Infinity])('%j is refused', (value) => {
    const add = (): unknown => new DeclaredLimits().add({ [name]: value })
    expect(add).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION', message: `the option ${name} must be a whole number above 0, or Infinity` }))
  })

  test.each([1, Infinity])('%d is accepted', (value) => {
    expect(() => new DeclaredLimits().add({ [name]: value })).not.toThrow()
  })
})
