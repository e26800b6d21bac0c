// What any Nest gateway may do, done on Tocsin: decorators, results, enhancers, lifecycle hooks.
import {
  type ArgumentsHost, type CallHandler, Catch, type ExecutionContext, type ExceptionFilter, Injectable, type NestInterceptor,
  ParseIntPipe, UseFilters, UseGuards, UseInterceptors,
} from '@nestjs/common'
import {
  ConnectedSocket, MessageBody, type OnGatewayConnection, type OnGatewayDisconnect, type OnGatewayInit, SubscribeMessage, WebSocketGateway,
  WebSocketServer, WsException, type WsResponse,
} from '@nestjs/websockets'
import { Connection, WebSocketEndpoint } from '@tocsin/core'
import type { IncomingMessage } from 'node:http'
import { from, map, type Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { message, platforms, start } from './support/start.js'

@Injectable()
class Greeter {
  greet(name: string): string { return `hello ${name}` }
}

@Injectable()
class OnlyAda {
  constructor(readonly greeter: Greeter) {}
  canActivate(context: ExecutionContext): boolean {
    const { name } = context.switchToWs().getData<{ name?: string }>()
    return context.getType() === 'ws' && name === 'Ada' && this.greeter.greet('') !== ''
  }
}

class Shout implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: WsResponse<string>) => ({ ...value, data: value.data.toUpperCase() })))
  }
}

class Teapot extends Error {}

@Catch(Teapot)
class TeapotFilter implements ExceptionFilter {
  catch(_exception: Teapot, host: ArgumentsHost): void {
    const client = host.switchToWs().getClient<Connection>()
    client.send(JSON.stringify({ event: 'teapot', data: host.switchToWs().getPattern() }))
  }
}

@WebSocketGateway({ path: '/stock' })
class StockGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  static readonly log: unknown[] = []
  @WebSocketServer() server!: WebSocketEndpoint<unknown>
  constructor(readonly greeter: Greeter) {}

  afterInit(server: unknown): void { StockGateway.log.push(['init', server instanceof WebSocketEndpoint]) }
  handleConnection(client: Connection, request: IncomingMessage): void {
    StockGateway.log.push(['connection', client.isEstablished, request.url])
  }
  handleDisconnect(client: Connection, reason?: unknown): void { StockGateway.log.push(['disconnect', client.readyState, reason]) }

  @SubscribeMessage('greet')
  greet(@MessageBody('name') name: string, @ConnectedSocket() client: Connection): WsResponse<unknown> {
    return { event: 'greeting', data: [this.greeter.greet(name), client instanceof Connection, this.server.connections.size] }
  }

  @SubscribeMessage('plain')
  plain(client: Connection, data: unknown): unknown { return [client.isEstablished, data] }

  @SubscribeMessage('later')
  async later(@MessageBody() ms: number): Promise<WsResponse<number>> {
    await new Promise((resolve) => { setTimeout(resolve, ms) })
    return { event: 'later', data: ms }
  }

  @SubscribeMessage('count')
  count(): Observable<WsResponse<number>> { return from([1, 2, 3]).pipe(map((data) => ({ event: 'count', data }))) }

  @SubscribeMessage('piped')
  piped(@MessageBody('n', ParseIntPipe) n: number): WsResponse<number> { return { event: 'piped', data: n + 1 } }

  @UseGuards(OnlyAda)
  @SubscribeMessage('guarded')
  guarded(): WsResponse<string> { return { event: 'guarded', data: 'welcome' } }

  @UseInterceptors(Shout)
  @SubscribeMessage('shout')
  shout(@MessageBody() data: string): WsResponse<string> { return { event: 'shout', data } }

  @UseFilters(TeapotFilter)
  @SubscribeMessage('brew')
  brew(): void { throw new Teapot() }

  @SubscribeMessage('refuse')
  refuse(): Observable<never> { throw new WsException('not today') }

  @SubscribeMessage('nothing')
  nothing(): void {}
}

describe.each(platforms)('a stock gateway on platform-%s', (platform) => {
  const open = async () => (await start({ providers: [StockGateway, Greeter] }, { platform })).connect('/stock')

  test('message body, connected socket, injected services, server property', async () => {
    const client = await open()
    client.send(message('greet', { name: 'Ada' }))
    expect(await client.nextJson()).toEqual({ event: 'greeting', data: ['hello Ada', true, 1] })
    client.send(message('plain', { a: 1 }))
    expect(await client.nextJson()).toEqual([true, { a: 1 }])
  })

  test('promises, observables, nothing: each in its turn', async () => {
    const client = await open()
    const talk = [['later', 30], ['nothing', 0], ['later', 1], ['count', 0], ['later', 2]] as const
    for (const [event, data] of talk) client.send(message(event, data))
    const answers = await Promise.all(Array.from({ length: 6 }, () => client.nextJson()))
    const expected = [['later', 30], ['later', 1], ['count', 1], ['count', 2], ['count', 3], ['later', 2]] as const
    expect(answers).toEqual(expected.map(([event, data]) => ({ event, data })))
  })

  test('pipes, guards, interceptors, filters', async () => {
    const client = await open()
    client.send(message('piped', { n: '41' }))
    expect(await client.nextJson()).toEqual({ event: 'piped', data: 42 })
    client.send(message('guarded', { name: 'Ada' }))
    expect(await client.nextJson()).toEqual({ event: 'guarded', data: 'welcome' })
    client.send(message('guarded', { name: 'Eve' }))
    expect(await client.nextJson()).toEqual({ event: 'exception', data: { status: 'error', message: 'Forbidden resource' } })
    client.send(message('shout', 'hear'))
    expect(await client.nextJson()).toEqual({ event: 'shout', data: 'HEAR' })
    client.send(message('brew'))
    expect(await client.nextJson()).toEqual({ event: 'teapot', data: 'brew' })
    client.send(message('refuse'))
    expect(await client.nextJson()).toEqual({ event: 'exception', data: { status: 'error', message: 'not today' } })
  })

  test('lifecycle hooks', async () => {
    StockGateway.log.length = 0
    const client = await open()
    await client.close(4000)
    await expect.poll(() => StockGateway.log).toEqual([['init', true], ['connection', true, '/stock'], ['disconnect', 3, 4000]])
  })
})

