// C5: what runs before the 101, and what it may do there.
import {
  type CallHandler, type CanActivate, type ExecutionContext, ForbiddenException, Headers, HttpException,
  type INestApplication, Injectable, type MiddlewareConsumer, Module, type NestModule, Param,
  ParseIntPipe, Query, Req, Scope, SetMetadata, UnauthorizedException, UseGuards,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { AuthGuard, PassportModule } from '@nestjs/passport'
import { SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets'
import { Connection } from '@tocsin/core'
import passport from 'passport'
import { map, type Observable, of } from 'rxjs'
import { Strategy, type StrategyCreated } from 'passport'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type GatewayOptions, type OnGatewayUpgrade, UseUpgradeGuards } from '@tocsin/nestjs'
import { message, platforms, start } from '../support/start.js'

interface HttpRequest {
  readonly params: { readonly room: string }
  readonly query: { readonly name?: string }
  readonly headers: Record<string, string | undefined>
  user?: { readonly name: string }
}

interface Member {
  readonly name: string
  readonly room: string
}

const whoami = (client: Connection): WsResponse<unknown> => ({ event: 'you', data: client.data })

@WebSocketGateway<GatewayOptions>({ path: '/rooms/:room' })
class RoomGateway implements OnGatewayUpgrade<HttpRequest, Member> {
  handleUpgrade({ params, query }: HttpRequest): Member {
    if (query.name === undefined) throw new UnauthorizedException('who are you?')
    if (query.name === 'bug') throw new Error('the password is hunter2')
    return { name: query.name, room: params.room }
  }

  @SubscribeMessage('whoami') whoami(client: Connection<Member>): WsResponse<unknown> { return whoami(client) }
}

describe.each(platforms)('handleUpgrade on platform-%s', (platform) => {
  test('path parameters; what it returns is connection.data', async () => {
    const { connect } = await start({ providers: [RoomGateway] }, { platform })
    const client = await connect('/rooms/deep%20blue?name=Ada')
    client.send(message('whoami'))
    expect(await client.nextJson()).toEqual({ event: 'you', data: { name: 'Ada', room: 'deep blue' } })
  })

  test('an HttpException is the usual HTTP answer, to an upgrade and to a plain request', async () => {
    const { refusal, get } = await start({ providers: [RoomGateway] }, { platform })
    const answer = { statusCode: 401, message: 'who are you?', error: 'Unauthorized' }
    const refused = await refusal('/rooms/blue')
    expect([refused.status, refused.json(), refused.headers.connection]).toEqual([401, answer, 'close'])
    const plain = await get('/rooms/blue')
    expect([plain.status, await plain.json()]).toEqual([401, answer])
    expect((await get('/rooms/blue?name=Ada')).status).toBe(426)
  })

  test('a bug is a 500 without its text; an unknown path is a 404', async () => {
    const { refusal, get } = await start({ providers: [RoomGateway] }, { platform })
    const refused = await refusal('/rooms/blue?name=bug')
    expect([refused.status, refused.json()]).toEqual([500, { statusCode: 500, message: 'Internal server error' }])
    expect((await refusal('/rooms')).status).toBe(404)
    expect((await refusal('/rooms/blue/more?name=Ada')).status).toBe(404)
    expect((await get('/nowhere')).status).toBe(404)
  })

  test('parameter decorators and pipes, as in a controller', async () => {
    @WebSocketGateway({ path: '/rooms/:room' })
    class Decorated {
      handleUpgrade(
        @Param('room', ParseIntPipe) room: number,
        @Query('name') name: string,
        @Headers('X-Theme') theme: string,
        @Req() request: HttpRequest,
      ): unknown {
        return { room, name, theme, host: request.headers['host'] !== undefined }
      }

      @SubscribeMessage('whoami') whoami(client: Connection): WsResponse<unknown> { return whoami(client) }
    }
    const { connect, refusal } = await start({ providers: [Decorated] }, { platform })
    const client = await connect('/rooms/7?name=Ada', { headers: { 'X-Theme': 'dark' } })
    client.send(message('whoami'))
    expect(await client.nextJson()).toEqual({ event: 'you', data: { room: 7, name: 'Ada', theme: 'dark', host: true } })
    const refused = await refusal('/rooms/blue')
    expect([refused.status, refused.json()]).toMatchObject([400, { error: 'Bad Request' }])
  })
})

const Role = (role: string): MethodDecorator & ClassDecorator => SetMetadata('role', role)

@Injectable()
class Users {
  nameOf(token: string | undefined): string | undefined { return token?.startsWith('token-') ? token.slice(6) : undefined }
}

@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly users: Users, private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await Promise.resolve()
    const request = context.switchToHttp().getRequest<HttpRequest>()
    const name = this.users.nameOf(request.headers['authorization'])
    if (name === undefined) throw new UnauthorizedException()
    request.user = { name }
    const role = this.reflector.getAllAndOverride<string | undefined>('role', [context.getHandler(), context.getClass()])
    return role === undefined || name === role
  }
}

class MessagesOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'ws') throw new ForbiddenException('this guard is for messages')
    return true
  }
}

@Role('ada')
@UseGuards(MessagesOnly)
@UseUpgradeGuards(TokenGuard)
@WebSocketGateway({ path: '/guarded' })
class GuardedGateway {
  handleUpgrade({ user }: HttpRequest): unknown { return user }
  @SubscribeMessage('whoami') whoami(client: Connection): WsResponse<unknown> { return whoami(client) }
}

class HeaderStrategy extends Strategy {
  override name = 'header'
  override authenticate(this: StrategyCreated<this>, { headers }: IncomingMessage): void {
    if (headers.authorization === undefined) this.fail('Header', 401)
    else this.success({ name: headers.authorization })
  }
}

beforeAll(() => { passport.use(new HeaderStrategy()) })

describe.each(platforms)('@UseUpgradeGuards on platform-%s', (platform) => {
  test('injected guards see the HTTP request and the metadata; guards of the class see messages only', async () => {
    const { connect, refusal } = await start({ providers: [GuardedGateway, Users] }, { platform })
    const client = await connect('/guarded', { headers: { Authorization: 'token-ada' } })
    client.send(message('whoami'))
    expect(await client.nextJson()).toEqual({ event: 'you', data: { name: 'ada' } })
    const anonymous = await refusal('/guarded')
    expect([anonymous.status, anonymous.json()]).toEqual([401, { statusCode: 401, message: 'Unauthorized' }])
    const other = await refusal('/guarded', { headers: { Authorization: 'token-eve' } })
    expect([other.status, other.json()]).toMatchObject([403, { message: 'Forbidden resource' }])
  })

  test('Passport\'s AuthGuard; a gateway without handleUpgrade', async () => {
    const opened = vi.fn<(...values: unknown[]) => void>()
    @UseUpgradeGuards(AuthGuard('header'))
    @WebSocketGateway({ path: '/passport' })
    class PassportGateway {
      handleConnection(client: Connection, request: HttpRequest): void { opened(client.data, request.user) }
    }
    const { connect, refusal } = await start({ imports: [PassportModule], providers: [PassportGateway] }, { platform })
    await connect('/passport', { headers: { Authorization: 'Ada' } })
    if (platform === 'express') expect(opened).toHaveBeenCalledWith(undefined, { name: 'Ada' })
    const refused = await refusal('/passport')
    expect([refused.status, refused.json()]).toEqual([401, { statusCode: 401, message: 'Unauthorized' }])
  })

  test('global guards of the application hold for upgrades as for any route', async () => {
    const prepare = (app: INestApplication): void => { app.useGlobalGuards({ canActivate: () => false }) }
    const { refusal } = await start({ providers: [RoomGateway] }, { platform, prepare })
    expect((await refusal('/rooms/blue?name=Ada')).status).toBe(403)
  })

  test('global interceptors run, but what they make of a response is not connection.data; without a decision nobody comes in', async () => {
    const intercept = (context: ExecutionContext, next: CallHandler): Observable<unknown> => {
      if (context.getType() !== 'http') return next.handle()
      const { query } = context.switchToHttp().getRequest<HttpRequest>()
      return query.name === 'cached' ? of('cached') : next.handle().pipe(map((data: unknown) => ({ statusCode: 200, data })))
    }
    const prepare = (app: INestApplication): void => { app.useGlobalInterceptors({ intercept }) }
    const { connect, refusal } = await start({ providers: [RoomGateway] }, { platform, prepare })
    const client = await connect('/rooms/blue?name=Ada')
    client.send(message('whoami'))
    expect(await client.nextJson()).toEqual({ event: 'you', data: { name: 'Ada', room: 'blue' } })
    expect((await refusal('/rooms/blue?name=cached')).status).toBe(500)
  })

  test('request-scoped gateways and guards are made for the request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      readonly id = Math.random()
    }
    @Injectable({ scope: Scope.REQUEST })
    class ScopedGuard implements CanActivate {
      constructor(readonly perRequest: PerRequest) {}
      canActivate(context: ExecutionContext): boolean {
        context.switchToHttp().getRequest<{ id2?: number }>().id2 = this.perRequest.id
        return true
      }
    }
    @UseUpgradeGuards(ScopedGuard)
    @WebSocketGateway({ path: '/scoped' })
    class ScopedGateway {
      constructor(readonly perRequest: PerRequest) {}
      handleUpgrade(request: { id2?: number }): unknown { return { same: request.id2 === this.perRequest.id, id: request.id2 } }
      async handleConnection(client: Connection): Promise<void> {
        await Promise.resolve()
        client.send(message('opened', typeof this.perRequest.id))
      }
      @SubscribeMessage('whoami') whoami(client: Connection): WsResponse<unknown> { return whoami(client) }
    }
    const { connect } = await start({ providers: [ScopedGateway, PerRequest] }, { platform })
    const [one, two] = [await connect('/scoped'), await connect('/scoped')]
    for (const client of [one, two]) expect(await client.nextJson()).toEqual({ event: 'opened', data: 'number' })
    one.send(message('whoami'))
    two.send(message('whoami'))
    const answers = [await one.nextJson(), await two.nextJson()] as { data: { same: boolean; id: number } }[]
    expect(answers.map(({ data }) => data.same)).toEqual([true, true])
    expect(answers[0]!.data.id).not.toBe(answers[1]!.data.id)
  })
})

describe.each(platforms)('middleware on platform-%s', (platform) => {
  test('of modules, by path, runs before the 101 and may refuse', async () => {
    @Module({ providers: [RoomGateway] })
    class RoomModule implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply((request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
          response.setHeader('X-Room', 'yes')
          next('x-banned' in request.headers ? new HttpException({ error: 'banned' }, 410) : undefined)
        }).forRoutes('rooms/:room')
      }
    }
    const { connect, refusal } = await start({ imports: [RoomModule] }, { platform })
    expect((await connect('/rooms/blue?name=Ada')).headers['x-room']).toBe('yes')
    const refused = await refusal('/rooms/blue?name=Ada', { headers: { 'X-Banned': '1' } })
    expect([refused.status, refused.json()]).toEqual([410, { error: 'banned' }])
  })
})
