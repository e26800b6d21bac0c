import { describe, expect, it } from 'vitest'
import { listField, refuseRepeatedFields, singularField } from '../../src/handshake/header-fields.js'
import { refusalOf } from './support/thrown.js'

describe('singularField', () => {
  it('reads a value that may be absent, empty, or alone in an array', () => {
    expect(singularField({}, 'host')).toBeUndefined()
    expect(singularField({ host: '' }, 'host')).toBe('')
    expect(singularField({ host: 'a' }, 'host')).toBe('a')
    expect(singularField({ host: ['a'] }, 'host')).toBe('a')
    expect(singularField({ host: [] }, 'host')).toBeUndefined()
  })

  it('refuses several values', () => {
    expect(refusalOf(() => singularField({ host: ['a', 'a'] }, 'host'))).toMatchObject({ status: 400, code: 'WS_ERR_REPEATED_HEADER' })
  })
})

describe('listField', () => {
  it('RFC 9110 §5.3: joins several values', () => {
    expect(listField({}, 'upgrade')).toBeUndefined()
    expect(listField({ upgrade: 'a' }, 'upgrade')).toBe('a')
    expect(listField({ upgrade: ['a', 'b, c'] }, 'upgrade')).toBe('a, b, c')
  })
})

describe('refuseRepeatedFields', () => {
  it.each(['Host', 'Origin', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'])('SECURITY: refuses a second %s, in any case', (name) => {
    const refusal = refusalOf(() => refuseRepeatedFields([name, 'a', 'X-Other', 'b', name.toUpperCase(), 'a']))
    expect(refusal).toMatchObject({ status: 400, code: 'WS_ERR_REPEATED_HEADER' })
  })

  it('leaves alone what may be repeated, and values that look like names', () => {
    refuseRepeatedFields(['Cookie', 'a', 'Cookie', 'b', 'Sec-WebSocket-Protocol', 'a', 'sec-websocket-protocol', 'b'])
    refuseRepeatedFields(['X', 'Host', 'Host', 'Host'])
  })

  it('SECURITY: passes 2,000 headers', () => {
    refuseRepeatedFields(Array.from({ length: 4_000 }, (_, index) => index % 2 === 0 ? `x-${index}` : 'host'))
  })
})
