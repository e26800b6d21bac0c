// The main job (A7): an ordinary controller or service speaks to connections.
import { Controller, Get, Injectable, type OnModuleInit, Param, Query } from '@nestjs/common'
import { WebSocketGateway, WebSocketServer } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { GatewayEndpoint, type GatewayOptions, type OnGatewayUpgrade, Tocsin, TocsinModule } from '@tocsin/nestjs'
import { platforms, start } from '../support/start.js'

interface Member {
  readonly room: string
}

@WebSocketGateway<GatewayOptions>({ path: '/rooms/:room', maxMessageSize: 100 })
class RoomGateway implements OnGatewayUpgrade<{ params: Member }, Member> {
  @WebSocketServer() server!: GatewayEndpoint<Member>
  handleUpgrade({ params }: { params: Member }): Member { return { room: params.room } }
  handleConnection(connection: Connection<Member>): void { connection.subscribe(connection.data.room) }
}

@WebSocketGateway<GatewayOptions>({ path: '/raw' })
class RawGateway {
  handleConnection(connection: Connection): void { connection.subscribe('blue') }
}

@Injectable()
class Service implements OnModuleInit {
  found = ''
  constructor(readonly tocsin: Tocsin) {}
  onModuleInit(): void { this.found = this.tocsin.endpoint(RoomGateway).name }
}

@Controller()
class Announcements {
  constructor(private readonly tocsin: Tocsin) {}

  @Get('announce')
  announce(@Query('text') text: string): unknown { return { delivered: this.tocsin.broadcast({ event: 'announcement', data: { text } }) } }

  @Get('rooms/:room/tell')
  tell(@Param('room') room: string): unknown { return { delivered: this.tocsin.publish(room, { event: 'told' }) } }

  @Get('raw')
  raw(): unknown { return { delivered: this.tocsin.endpoint(RawGateway).broadcast('as it is') } }
}

const parts = { providers: [RoomGateway, RawGateway, Service], controllers: [Announcements] }

describe.each(platforms)('Tocsin on platform-%s', (platform) => {
  test('A7: an HTTP controller pushes to every connection, to a topic, to one gateway', async () => {
    const { app, connect, get } = await start({ ...parts, imports: [TocsinModule.forRoot({})] }, { platform })
    expect(app.get(Service).found).toBe('RoomGateway')
    const [blue, red, raw] = [await connect('/rooms/blue'), await connect('/rooms/red'), await connect('/raw')]
    expect(await (await get('/announce?text=hi')).json()).toEqual({ delivered: 3 })
    for (const client of [blue, red, raw]) expect(await client.nextJson()).toEqual({ event: 'announcement', data: { text: 'hi' } })
    expect(await (await get('/rooms/blue/tell')).json()).toEqual({ delivered: 2 })
    for (const client of [blue, raw]) expect(await client.nextJson()).toEqual({ event: 'told' })
    expect(await (await get('/raw')).json()).toEqual({ delivered: 1 })
    expect(await raw.next()).toBe('as it is')
  })

  test('the options of forRootAsync hold for all gateways whose decorator does not say otherwise', async () => {
    const imports = [TocsinModule.forRootAsync({ useFactory: async () => ({ maxMessageSize: 10, origins: ['https://app.example'] }) })]
    const { connect, refusal } = await start({ ...parts, imports }, { platform })
    const [room, raw] = [await connect('/rooms/blue', { origin: 'https://app.example' }), await connect('/raw')]
    expect((await refusal('/raw', { origin: 'https://evil.example' })).status).toBe(403)
    for (const client of [room, raw]) client.send('x'.repeat(50))
    expect((await raw.closed).code).toBe(1009)
    expect((await room.close()).clean).toBe(true)
  })
})

test('the data of a gateway are typed', async () => {
  const { app } = await start({ ...parts, imports: [TocsinModule.forRoot({})] })
  const endpoint = app.get(Tocsin).endpoint(RoomGateway)
  expectTypeOf(endpoint).toEqualTypeOf<GatewayEndpoint<Member>>()
  expect(app.get(RoomGateway).server).toBe(endpoint)
  expect([...endpoint.clients]).toEqual([])
})

test('mistakes say what to do', async () => {
  const { app } = await start({ ...parts, imports: [TocsinModule.forRoot({})] })
  expect(() => app.get(Tocsin).endpoint(Service)).toThrow('Service is not a gateway of this application')
  expect(() => new Tocsin().broadcast('x')).toThrow('call app.useWebSocketAdapter(new TocsinAdapter(app))')
})
