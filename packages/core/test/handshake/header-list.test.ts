import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { hasToken, parseTokenList } from '../../src/handshake/header-list.js'
import { isToken } from '../../src/handshake/header-scanner.js'
import { HandshakeError } from '../../src/protocol/errors.js'
import { ADVERSARIAL, adversarialInput, countSteps } from './support/steps.js'
import { refusalOf } from './support/thrown.js'

describe('parseTokenList', () => {
  it.each([
    ['chat', ['chat']],
    ['chat,superchat', ['chat', 'superchat']],
    [' chat\t,  superchat ', ['chat', 'superchat']],
    [',chat,, ,superchat,', ['chat', 'superchat']],
    ['__proto__, constructor', ['__proto__', 'constructor']],
    ['a, A, a', ['a', 'A', 'a']],
  ])('reads %j', (value, tokens) => {
    expect(parseTokenList(value)).toEqual(tokens)
  })

  it.each([
    '', ' ', ',', ', ,', 'a b', 'a;b', 'a=b', '"a"', 'a,"', 'a/b', 'a, \x00', '\xe4', 'a,\u{1f514}', 'a\r\nb',
  ])('refuses %j with 400', (value) => {
    expect(refusalOf(() => parseTokenList(value))).toMatchObject({ status: 400, code: 'WS_ERR_MALFORMED_HEADER' })
  })

  it('reads back what was joined', () => {
    const token = fc.string({ minLength: 1 }).filter(isToken)
    fc.assert(fc.property(fc.array(token, { minLength: 1 }), (tokens) => {
      expect(parseTokenList(tokens.join(' ,\t'))).toEqual(tokens)
    }))
  })

  it('throws nothing but HandshakeError, whatever it reads', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        parseTokenList(text)
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError)
      }
    }))
  })
})

describe('hasToken', () => {
  it.each([
    ['websocket', 'websocket'],
    ['WebSocket', 'websocket'],
    ['websocket', 'WEBSOCKET'],
    ['h2c, websocket', 'websocket'],
    [' , websocket\t', 'websocket'],
    ['keep-alive, Upgrade', 'upgrade'],
    ['a b, "x, upgrade', 'upgrade'],
    ['\x00,upgrade', 'upgrade'],
  ])('%j holds %s', (value, token) => {
    expect(hasToken(value, token)).toBe(true)
  })

  it.each([
    [undefined, 'websocket'],
    ['', 'websocket'],
    ['websocket/13', 'websocket'],
    ['websockets', 'websocket'],
    ['web socket', 'websocket'],
    ['not websocket', 'websocket'],
    ['websocket not', 'websocket'],
    ['"websocket"', 'websocket'],
    ['webso\u212aet', 'websoket'],
    ['h2c', 'websocket'],
  ])('%j does not hold %s', (value, token) => {
    expect(hasToken(value, token)).toBe(false)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(typeof hasToken(text, 'upgrade')).toBe('boolean')
    }))
  })
})

describe('linear time', () => {
  it.each(ADVERSARIAL)('SECURITY: 64 KiB of %s take a bounded number of steps for each character', (_name, unit) => {
    const half = adversarialInput(unit, 32_768)
    const whole = adversarialInput(unit)
    for (const read of [parseTokenList, (value: string) => hasToken(value, 'upgrade')]) {
      const steps = countSteps(() => read(whole))
      expect(steps).toBeLessThanOrEqual(12 * whole.length)
      expect(steps).toBeLessThanOrEqual(2 * countSteps(() => read(half)) + 64)
    }
  })
})
