// C8: gateways of a TestingModule, without a port.
import { Injectable, UnauthorizedException } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { testGateways } from '@tocsin/nestjs/testing'

@Injectable()
class Names {
  of(id: string): string { return `real ${id}` }
}

@WebSocketGateway({ path: '/users/:id' })
class UserGateway {
  constructor(private readonly names: Names) {}
  handleUpgrade({ params }: { params: { id: string } }): string {
    if (params.id === '0') throw new UnauthorizedException()
    return this.names.of(params.id)
  }
  @SubscribeMessage('name') name({ data }: Connection<string>): unknown { return { event: 'name', data } }
}

describe.each([['express', undefined], ['fastify', () => new FastifyAdapter()]])('testGateways on platform-%s', (_name, platform) => {
  test('opens connections through overridden providers, and ends them', async () => {
    const fake = { of: (id: string) => `fake ${id}` }
    const module = await Test.createTestingModule({ providers: [UserGateway, Names] }).overrideProvider(Names).useValue(fake).compile()
    const gateways = await testGateways(module, platform === undefined ? {} : { httpAdapter: platform() })
    const client = await gateways.connect('/users/7')
    client.send('{"event":"name"}')
    expect(await client.nextJson()).toEqual({ event: 'name', data: 'fake 7' })
    await expect(gateways.connect('/users/0')).rejects.toMatchObject({ status: 401 })
    await expect(gateways.connect({ path: '/nowhere' })).rejects.toMatchObject({ status: 404 })
    await gateways.close()
    expect((await client.closed).code).toBe(1001)
  })
})
