// docs/from-platform-ws.md: one gateway class, unchanged, under the stock adapter for plain WebSockets and under ours.
import {
  type ArgumentsHost, type CallHandler, type CanActivate, Catch, type ExceptionFilter, type ExecutionContext,
  type INestApplication, Injectable, Module, type NestInterceptor, ParseIntPipe, UseFilters, UseGuards, UseInterceptors,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import {
  BaseWsExceptionFilter, ConnectedSocket, MessageBody, type OnGatewayConnection, type OnGatewayDisconnect, type OnGatewayInit,
  SubscribeMessage, WebSocketGateway, WebSocketServer, WsException, type WsResponse,
} from '@nestjs/websockets'
import { connect } from '@tocsin/testing'
import type { AddressInfo } from 'node:net'
import { from, map, type Observable } from 'rxjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TocsinAdapter } from '@tocsin/nestjs'
import { message } from './support/start.js'

/** What the class needs of a client: both adapters' have it. */
interface Client {
  readonly readyState: number
  send(text: string): unknown
  close(code?: number, reason?: string): unknown
}

@Injectable()
class Counter {
  count = 0
}

class NotEve implements CanActivate {
  canActivate(context: ExecutionContext): boolean { return context.switchToWs().getData<unknown>() !== 'Eve' }
}

class Exclaim implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: WsResponse<string>) => ({ ...value, data: `${value.data}!` })))
  }
}

@Catch(RangeError)
class RangeFilter implements ExceptionFilter {
  catch(exception: RangeError, host: ArgumentsHost): void {
    host.switchToWs().getClient<Client>().send(message('range', exception.message))
  }
}

@WebSocketGateway({ path: '/ws' })
class LegacyGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer() server!: { readonly clients: Set<Client> }
  readonly log: unknown[] = []
  constructor(private readonly counter: Counter) {}

  afterInit(): void { this.log.push('init') }
  handleConnection(client: Client, request: { url: string }): void {
    this.log.push(['connection', client.readyState, request.url, this.server.clients.size])
  }
  handleDisconnect(_client: Client, reason?: unknown): void { this.log.push(['disconnect', reason]) }

  @SubscribeMessage('broadcast')
  broadcast(@MessageBody() data: string): void { for (const client of this.server.clients) if (client.readyState === 1) client.send(data) }

  @SubscribeMessage('count')
  async count(@MessageBody('by') by: number, @ConnectedSocket() client: Client): Promise<WsResponse<number[]>> {
    await Promise.resolve()
    return { event: 'counted', data: [this.counter.count += by, client.readyState] }
  }


  @SubscribeMessage('stream')
  stream(): Observable<WsResponse<number>> { return from([1, 2]).pipe(map((data) => ({ event: 'streamed', data }))) }

  @SubscribeMessage('raw') raw(_client: Client, data: unknown): unknown { return [data] }
  @UseGuards(NotEve) @SubscribeMessage('guarded') guarded(): WsResponse<boolean> { return { event: 'guarded', data: true } }
  @UseInterceptors(Exclaim) @SubscribeMessage('shout')
  shout(@MessageBody() data: string): WsResponse<string> { return { event: 'shouted', data } }
  @UseFilters(RangeFilter) @SubscribeMessage('range') range(): void { throw new RangeError('too far') }
  @SubscribeMessage('piped') piped(@MessageBody('n', ParseIntPipe) n: number): WsResponse<number> { return { event: 'piped', data: n + 1 } }
  @UseFilters(new BaseWsExceptionFilter({ includeCause: false })) @SubscribeMessage('refuse') refuse(): void { throw new WsException('no') }
  @SubscribeMessage('object') object(): void { throw new WsException({ status: 'error', code: 7 }) }
  @SubscribeMessage('leave') leave(client: Client): void { client.close(4001, 'bye') }
}

@Module({ providers: [LegacyGateway, Counter] })
class LegacyModule {}

const adapters: [name: string, adapter: (app: INestApplication) => WsAdapter | TocsinAdapter][] = [
  ['the stock adapter', (app) => new WsAdapter(app)],
  ['Tocsin', (app) => new TocsinAdapter(app)],
  ['the stock adapter, after Tocsin has seen the class', (app) => new WsAdapter(app)],
]

describe.each(adapters)('one class under %s', (_name, adapterFor) => {
  test('does the same', async () => {
    const app = await NestFactory.create(LegacyModule, { logger: false })
    app.useWebSocketAdapter(adapterFor(app))
    await app.listen(0, '127.0.0.1')
    onTestFinished(() => app.close())
    const { port } = app.getHttpServer().address() as AddressInfo
    const client = await connect({ port, path: '/ws' })
    const answers: unknown[] = []
    const talk: [event: string, data?: unknown, count?: number][] = [
      ['broadcast', '"to all"'], ['count', { by: 3 }], ['stream', 0, 2], ['raw', 'x'], ['guarded', 'Ada'], ['shout', 'hey'],
      ['piped', { n: '41' }], ['range'], ['refuse'], ['object'],
    ]
    for (const [event, data, count = 1] of talk) {
      client.send(message(event, data))
      for (let i = 0; i < count; i++) answers.push(await client.nextJson())
    }
    expect(answers).toEqual([
      'to all', { event: 'counted', data: [3, 1] }, { event: 'streamed', data: 1 }, { event: 'streamed', data: 2 }, ['x'],
      { event: 'guarded', data: true }, { event: 'shouted', data: 'hey!' },
      { event: 'piped', data: 42 }, { event: 'range', data: 'too far' },
      { event: 'exception', data: { status: 'error', message: 'no' } },
      { event: 'exception', data: { status: 'error', code: 7 } },
    ])
    client.send(message('guarded', 'Eve'))
    expect(await client.nextJson()).toMatchObject({ event: 'exception', data: { status: 'error', message: 'Forbidden resource' } })
    client.send(message('leave'))
    expect(await client.closed).toMatchObject({ code: 4001, reason: 'bye' })
    await expect.poll(() => app.get(LegacyGateway).log).toEqual(['init', ['connection', 1, '/ws', 1], ['disconnect', 4001]])
  })
})
