// The public names of both doors. Whoever adds or takes away one changes this list, and says so in a changeset.
import { expect, expectTypeOf, it } from 'vitest'
import * as browser from '../src/browser.js'
import * as node from '../src/index.js'

const SHARED = ['UsageError', 'WebSocketClient', 'WebSocketError', 'readableOf', 'writableOf']

it('@tocsin/client', () => {
  expect(Object.keys(node).sort()).toEqual([...SHARED, 'CloseCode', 'ProtocolError', 'RefusedError'].sort())
  expect(Object.keys(browser).sort()).toEqual(SHARED)
})

it('what a client can do, and in a browser the same but for the streams; its Pings are never sent', () => {
  const shared = namesOf(Object.getPrototypeOf(browser.WebSocketClient.prototype) as object)
  expect(shared).toEqual([
    'bufferedAmount', 'cancel', 'close', 'closed', 'drained', 'extensions', 'off', 'on', 'opened', 'pause', 'readyState', 'reconnect', 'resume', 'send', 'subprotocol', 'terminate',
  ])
  expect([namesOf(browser.WebSocketClient.prototype), browser.WebSocketClient.prototype.ping()]).toEqual([['ping'], false])
  expect(namesOf(node.WebSocketClient.prototype)).toEqual(['ping', 'readable', 'writable'])
})

it('is typed the same', () => {
  type Common = Exclude<keyof node.WebSocketClient, 'readable' | 'writable'>
  expectTypeOf<Common>().toEqualTypeOf<keyof browser.WebSocketClient>()
  // Those two return the client itself.
  type Facts = Exclude<Common, 'on' | 'off'>
  expectTypeOf<Pick<node.WebSocketClient, Facts>>().toEqualTypeOf<Pick<browser.WebSocketClient, Facts>>()
  expectTypeOf<Parameters<node.WebSocketClient['on']>>().toEqualTypeOf<Parameters<browser.WebSocketClient['on']>>()
  expectTypeOf<browser.WebSocketClientOptions>().toExtend<node.WebSocketClientOptions>()
})

function namesOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor').sort()
}
