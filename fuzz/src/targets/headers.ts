// The header list parser, by its public users: it says what the grammar says, and throws nothing but a HandshakeError 400.
import { HandshakeError, isWebSocketUpgrade, offeredSubprotocols } from '@tocsin/core'
import fc from 'fast-check'
import { elementsOf, isSubprotocolList, listValue } from '../stream/header-values.js'
import { type FuzzTarget, demand, demandSame } from '../target.js'

interface HeadersInput {
  readonly value: string
}

/** Here, unlike behind HTTP, any string may come: HTTP/2 and frameworks hand over records of their own. */
const anyValue = fc.oneof({ weight: 6, arbitrary: listValue }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) })
const upgradeValue = fc.tuple(anyValue, fc.constantFrom('websocket', 'WebSocket', 'websockets', 'web socket', '"websocket"'), fc.nat(20))
  .map(([value, word, at]) => value.slice(0, at) + word + value.slice(at))

export const headers: FuzzTarget<HeadersInput> = {
  name: 'headers',
  testRuns: 15_000,
  inputs: fc.record({ value: fc.oneof(anyValue, upgradeValue) }),
  check({ value }) {
    const isUpgrade = elementsOf(value).some((element) => element.toLowerCase() === 'websocket')
    demand(isWebSocketUpgrade({ headers: { upgrade: value } }) === isUpgrade, () => `isWebSocketUpgrade is not ${isUpgrade}`)
    const offered = offeredOrRefused(value)
    const isList = isSubprotocolList(value)
    demand((offered !== undefined) === isList, () => (isList ? 'a right list was refused' : 'a wrong list was taken'))
    if (offered !== undefined) demandSame('subprotocols', offered, elementsOf(value))
  },
}

function offeredOrRefused(value: string): readonly string[] | undefined {
  try {
    return offeredSubprotocols({ headers: { 'sec-websocket-protocol': value } })
  } catch (error) {
    if (error instanceof HandshakeError && error.status === 400) return undefined
    throw error
  }
}
