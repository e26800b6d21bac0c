// What the type of an endpoint remembers; each `@ts-expect-error` is a mistake that must not compile.
import { expect, expectTypeOf, test } from 'vitest'
import { type Handshake, type Hooked, WebSocketEndpoint } from '../../src/index.js'
import { WebSocketEndpoint as Class } from '../../src/endpoint/endpoint.js'

interface Member { readonly name: string }

const hook = (handshake: Handshake) => handshake.accept<Member>({ name: 'ada' })

test('the public name is the class itself', () => {
  expect(WebSocketEndpoint).toBe(Class)
  expect(new WebSocketEndpoint()).toBeInstanceOf(WebSocketEndpoint)
})

test('an endpoint with an upgrade hook says so, to the compiler and at run time', () => {
  const hooked = new WebSocketEndpoint({ upgrade: hook })
  expectTypeOf(hooked).toExtend<Hooked>()
  expectTypeOf(hooked).toExtend<WebSocketEndpoint<Member>>()
  expectTypeOf(new WebSocketEndpoint<Member>({ upgrade: async (handshake) => hook(handshake) })).toExtend<Hooked>()
  expect(hooked.hasUpgradeHook).toBe(true)
  // @ts-expect-error -- the hook types the data
  new WebSocketEndpoint<Member>({ upgrade: (handshake) => handshake.accept({ nome: 'ada' }) })
})

test('one without a hook does not', () => {
  const plain = new WebSocketEndpoint({ name: 'plain' })
  expectTypeOf(plain).toEqualTypeOf<WebSocketEndpoint<undefined>>()
  expectTypeOf(new WebSocketEndpoint<Member>()).not.toExtend<Hooked>()
  expect(plain.hasUpgradeHook).toBe(false)
})
