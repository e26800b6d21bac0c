import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import {
  checkSubprotocolOption, chooseSubprotocol, offeredSubprotocols, requireOffered, selectSubprotocol,
} from '../../src/handshake/subprotocol.js'
import { refusalOf, usageErrorOf } from './support/thrown.js'

function offer(value: string | string[] | undefined) {
  return { headers: { 'sec-websocket-protocol': value } }
}

describe('offeredSubprotocols', () => {
  it.each([
    [undefined, []],
    ['chat', ['chat']],
    ['chat, superchat', ['chat', 'superchat']],
    [['chat', 'superchat'], ['chat', 'superchat']],
    ['Chat, chat', ['Chat', 'chat']],
    ['bearer, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x-_y', ['bearer', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x-_y']],
    ['constructor, __proto__', ['constructor', '__proto__']],
  ])('reads %j in the order of preference', (value, offered) => {
    expect(offeredSubprotocols(offer(value))).toEqual(offered)
  })

  it.each(['', ' ', ',', 'a b', '"chat"', 'chat;q=1'])('RFC 6455 §4.3: %j is no list of tokens', (value) => {
    expect(refusalOf(() => offeredSubprotocols(offer(value)))).toMatchObject({ status: 400, code: 'WS_ERR_MALFORMED_HEADER' })
  })

  it.each(['chat, chat', 'a, b, a'])('RFC 6455 §4.1(10): refuses %j, which is not unique', (value) => {
    expect(refusalOf(() => offeredSubprotocols(offer(value)))).toMatchObject({ status: 400, code: 'WS_ERR_REPEATED_SUBPROTOCOL' })
  })

  it('SECURITY: reads 64 KiB of names', () => {
    const names = Array.from({ length: 13_000 }, (_, index) => index.toString(36))
    expect(offeredSubprotocols(offer(names.join(',')))).toEqual(names)
  })
})

describe('selectSubprotocol', () => {
  it.each([
    [['a', 'b'], ['b', 'a'], 'b'],
    [['a', 'b'], ['c', 'a'], 'a'],
    [['a'], ['A'], undefined],
    [[], ['a'], undefined],
    [['a'], [], undefined],
    [['a'], ['__proto__', 'constructor'], undefined],
  ])('of the offers %j the server that speaks %j takes %s', (offered, accepted, selected) => {
    expect(selectSubprotocol(offered, accepted)).toBe(selected)
  })

  it('A18: never answers with a subprotocol that was not offered', () => {
    const names = fc.array(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'A', '__proto__'))
    fc.assert(fc.property(names, names, (offered, accepted) => {
      const selected = selectSubprotocol(offered, accepted)
      const preferred = accepted.filter((name) => offered.includes(name))
      expect(selected).toBe(preferred[0])
    }))
  })
})

describe('chooseSubprotocol', () => {
  const request = offer('a, b')
  const choice = { offered: ['a', 'b'], request }

  it('A18: takes the first of the list that was offered, or none', () => {
    expect(chooseSubprotocol(['x', 'b', 'a'], choice)).toBe('b')
    expect(chooseSubprotocol(['x'], choice)).toBeUndefined()
    expect(chooseSubprotocol(undefined, choice)).toBeUndefined()
  })

  it('A18: asks a chooser with the offers and the request', () => {
    expect(chooseSubprotocol((offered, asked) => asked === request ? offered[1] : undefined, choice)).toBe('b')
    expect(chooseSubprotocol(() => undefined, choice)).toBeUndefined()
    expect(chooseSubprotocol(() => false, choice)).toBeUndefined()
  })

  it.each([
    ['one that was not offered', 'c'],
    ['another case', 'A'],
    ['the empty string', ''],
    ['a line break', 'a\r\nSet-Cookie: x'],
    ['true', true],
    ['null', null],
    ['a promise', Promise.resolve('a')],
    ['a name of Object.prototype', 'constructor'],
  ])('A18: a chooser that selects %s is a usage error', (_name, answer) => {
    expect(usageErrorOf(() => chooseSubprotocol(() => answer as never, choice)).code).toBe('WS_ERR_INVALID_SUBPROTOCOL')
  })
})

describe('requireOffered', () => {
  it('A18: lets pass what was offered, and only that', () => {
    expect(requireOffered('a', ['a', 'b'])).toBe('a')
    for (const wrong of ['c', '', undefined, 0]) {
      expect(usageErrorOf(() => requireOffered(wrong, ['a', 'b'])).code).toBe('WS_ERR_INVALID_SUBPROTOCOL')
    }
  })
})

describe('checkSubprotocolOption', () => {
  it.each([[[]], [['chat']], [['a', 'A']], [() => 'a']])('passes %j', (option) => {
    checkSubprotocolOption(option)
  })

  it.each([['chat'], [['']], [['a b']], [['a', 'a']], [['a,b']], [['a\r\n']], [[1]], [null], [{}]])('refuses %j', (option) => {
    expect(usageErrorOf(() => checkSubprotocolOption(option as never)).code).toBe('WS_ERR_INVALID_SUBPROTOCOL')
  })
})
