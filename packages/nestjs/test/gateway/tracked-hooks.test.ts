// Hooks report what they return to whoever listens for that connection, and to nobody else.
import type { Connection } from '@tocsin/core'
import { expect, test } from 'vitest'
import type { FoundGateway } from '../../src/gateway/found-gateway.js'
import { listenToHooks, scopedHook, trackHooks } from '../../src/gateway/tracked-hooks.js'

type Hook = (client: object, ...values: unknown[]) => unknown

function found(type: new () => object, { isStatic = true } = {}) {
  const instance = new type() as { handleConnection: Hook; handleDisconnect?: Hook }
  return { instance, gateway: { type, wrapper: { instance, isDependencyTreeStatic: () => isStatic } } as unknown as FoundGateway }
}

function listening(): { connection: Connection; results: Promise<unknown>[] } {
  const results: Promise<unknown>[] = []
  const connection = {} as Connection
  listenToHooks(connection, (result) => results.push(result))
  return { connection, results }
}

class Gateway {
  name = 'mine'
  handleConnection(_client: object, ...values: unknown[]): unknown {
    if (values[0] === 'fail') throw new Error('no')
    return [this.name, ...values]
  }
}

test('Nest gets nothing back: what a hook returns or throws goes to the listener of that connection', async () => {
  const { instance, gateway } = found(Gateway)
  trackHooks(gateway)
  const [one, other] = [listening(), listening()]
  expect(instance.handleConnection(one.connection, 'request')).toBeUndefined()
  expect(instance.handleConnection(one.connection, 'fail')).toBeUndefined()
  await expect(one.results[0]).resolves.toEqual(['mine', 'request'])
  await expect(one.results[1]).rejects.toThrow('no')
  expect([one.results.length, other.results.length]).toEqual([2, 0])
})

test('another adapter\'s clients are served as ever', () => {
  const { instance, gateway } = found(Gateway)
  trackHooks(gateway)
  expect(instance.handleConnection({}, 'request')).toEqual(['mine', 'request'])
  expect(() => instance.handleConnection({}, 'fail')).toThrow('no')
})

test('twice is once, and a hook that is missing stays so', () => {
  const { instance, gateway } = found(Gateway)
  trackHooks(gateway)
  const { handleConnection } = instance
  trackHooks(gateway)
  expect([instance.handleConnection, instance.handleDisconnect]).toEqual([handleConnection, undefined])
})

test('of a gateway that is made anew for each connection, the hook does not run by itself: it is handed out', () => {
  class Scoped extends Gateway {}
  const { instance, gateway } = found(Scoped, { isStatic: false })
  trackHooks(gateway)
  const { connection, results } = listening()
  expect(instance.handleConnection(connection, 'request')).toBeUndefined()
  expect(results).toEqual([])
  expect(scopedHook(gateway, 'handleConnection')!.call(instance, connection, 'x')).toEqual(['mine', 'x'])
  expect(scopedHook(gateway, 'handleDisconnect')).toBeUndefined()
})
