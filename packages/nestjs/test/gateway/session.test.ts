// What Nest has bound to one connection, found by the connection.
import type { Connection } from '@tocsin/core'
import { expect, test } from 'vitest'
import type { FoundGateway } from '../../src/gateway/found-gateway.js'
import { Session } from '../../src/gateway/session.js'
import { trackHooks } from '../../src/gateway/tracked-hooks.js'

const group = {}

test('each connection has its own, out of the sight of who lists its keys', () => {
  const [one, other] = [{} as Connection, {} as Connection]
  const [session, another] = [new Session(one, group, () => false), new Session(other, group, () => false)]
  expect([Session.on(one) === session, Session.of(other, group) === another]).toEqual([true, true])
  expect([Session.of(one, {}), Session.of({} as Connection, group)]).toEqual([undefined, undefined])
  expect(Object.assign({}, one)).toEqual({})
})

test('every disconnect callback gets the code, in the order in which they were bound', () => {
  const calls: string[] = []
  const session = new Session({} as Connection, group, () => false)
  for (const name of ['a', 'b']) session.addDisconnect((code) => calls.push(`${name} ${code}`))
  session.disconnect(1001)
  expect(calls).toEqual(['a 1001', 'b 1001'])
})

test('hooks are taken once', async () => {
  const connection = {} as Connection
  const session = new Session(connection, group, () => false)
  const instance = { handleConnection: (_client: object): string => 'ran' }
  trackHooks({ type: Object, wrapper: { instance, isDependencyTreeStatic: () => true } } as unknown as FoundGateway)
  instance.handleConnection(connection)
  instance.handleConnection(connection)
  expect(await Promise.all(session.takeHooks())).toEqual(['ran', 'ran'])
  expect(session.takeHooks()).toEqual([])
})
