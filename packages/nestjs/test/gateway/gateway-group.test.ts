// Gateways that share a path, a port or an endpoint.
import type { Type } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { type GatewayOptions, Tocsin, TocsinModule } from '@tocsin/nestjs'
import { message, platforms, start } from '../support/start.js'

function sharing(endpoint: WebSocketEndpoint<unknown>): Type[] {
  @WebSocketGateway<GatewayOptions>({ path: '/one', endpoint })
  class One {
    handleUpgrade(): string { return 'one' }
    handleConnection(connection: Connection): void { connection.send(message('hello', 'from one')) }
    @SubscribeMessage('who') who({ data }: Connection): unknown { return { event: 'one', data } }
  }

  @WebSocketGateway<GatewayOptions>({ path: '/two', endpoint })
  class Two {
    handleUpgrade(): string { return 'two' }
    @SubscribeMessage('who') who({ data }: Connection): unknown { return { event: 'two', data } }
  }
  return [One, Two]
}

describe.each(platforms)('on platform-%s', (platform) => {
  test('two paths may share an endpoint: each connection has the handlers of its path, and a broadcast comes once', async () => {
    const { app, connect } = await start({ imports: [TocsinModule.forRoot({})], providers: sharing(new WebSocketEndpoint({ name: 'shared' })) }, { platform })
    const [one, two] = [await connect('/one'), await connect('/two')]
    expect(await one.nextJson()).toEqual({ event: 'hello', data: 'from one' })
    for (const client of [one, two]) client.send(message('who'))
    expect(await one.nextJson()).toEqual({ event: 'one', data: 'one' })
    expect(await two.nextJson()).toEqual({ event: 'two', data: 'two' })
    expect(app.get(Tocsin).broadcast('to all')).toBe(2)
    for (const client of [one, two]) expect(await client.next()).toBe('to all')
  })
})

test('mistakes say what to do', async () => {
  class Namespaced {}
  WebSocketGateway({ namespace: 'chat' })(Namespaced)
  const named = { code: 'WS_ERR_NAMESPACE', message: expect.stringContaining('Namespaced') as string }
  await expect(start({ providers: [Namespaced] })).rejects.toMatchObject(named)
  class Other {}
  WebSocketGateway<GatewayOptions>({ path: 'one', endpoint: new WebSocketEndpoint() })(Other)
  await expect(start({ providers: [...sharing(new WebSocketEndpoint()), Other] })).rejects.toMatchObject({ code: 'WS_ERR_TWO_ENDPOINTS' })
  class BadOption {}
  WebSocketGateway<GatewayOptions>({ path: '/bad', maxMessageSize: -1 })(BadOption)
  await expect(start({ providers: [BadOption] })).rejects.toMatchObject({ code: 'WS_ERR_INVALID_OPTION' })
})
