// What the type checker says: each `@ts-expect-error` is a mistake that must not compile.
import { Param } from '@nestjs/common'
import { WebSocketGateway, type WsResponse } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import { expectTypeOf, test } from 'vitest'
import { type DataOf, type GatewayEndpoint, type GatewayOptions, type OnGatewayUpgrade, type Tocsin, TocsinModule } from '@tocsin/nestjs'

interface Member {
  readonly name: string
}

class Good implements OnGatewayUpgrade<{ params: { name: string } }, Member> {
  async handleUpgrade({ params }: { params: { name: string } }): Promise<Member> { return { name: params.name } }
}

class Decorated implements OnGatewayUpgrade<string, Member> {
  handleUpgrade(@Param('name') name: string, @Param('id') _id: number): Member { return { name } }
}

test('options of the decorator and of forRoot are typed', () => {
  WebSocketGateway<GatewayOptions>({ path: '/a', maxMessageSize: 1, heartbeat: false, origins: ['https://a.example'] })
  WebSocketGateway<GatewayOptions>(3001, { path: '/a' })
  // @ts-expect-error -- a wrong type
  WebSocketGateway<GatewayOptions>({ path: 7 })
  // @ts-expect-error -- an option of another adapter
  WebSocketGateway<GatewayOptions>({ namespace: 'chat' })
  TocsinModule.forRoot({ deadline: 1, globalFilters: true, maxMessageSize: 1 })
  TocsinModule.forRootAsync({ useFactory: () => ({ deadline: 1 }) })
  // @ts-expect-error -- a path is one gateway's
  TocsinModule.forRoot({ path: '/a' })
})

test('what handleUpgrade returns types the endpoint and its connections', () => {
  expectTypeOf<DataOf<Good>>().toEqualTypeOf<Member>()
  expectTypeOf<DataOf<Decorated>>().toEqualTypeOf<Member>()
  expectTypeOf<DataOf<object>>().toEqualTypeOf<unknown>()
  const read = (tocsin: Tocsin): void => {
    for (const connection of tocsin.endpoint(Good).connections) expectTypeOf(connection).toEqualTypeOf<Connection<Member>>()
    // @ts-expect-error -- numbers are no messages
    tocsin.broadcast(7)
    const response: WsResponse<number> = { event: 'a', data: 1 }
    tocsin.broadcast(response)
  }
  expectTypeOf(read).toBeFunction()
  expectTypeOf<GatewayEndpoint<Member>['clients']>().toEqualTypeOf<Set<Connection<Member>>>()
})

test('a forgotten field does not compile', () => {
  class Bad implements OnGatewayUpgrade<unknown, Member> {
    // @ts-expect-error -- no name
    handleUpgrade(): { age: number } { return { age: 7 } }
  }
  expectTypeOf(Bad).toBeConstructibleWith()
})
