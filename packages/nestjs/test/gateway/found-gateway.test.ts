// Gateways as they are found: their ports and options, interceptors, feeds.
import 'reflect-metadata'
import { Injectable, Module, UseInterceptors } from '@nestjs/common'
import { ModulesContainer, NestFactory } from '@nestjs/core'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { NEVER, Observable } from 'rxjs'
import { expect, onTestFinished, test } from 'vitest'
import { feedsOf, findGateways, type FoundGateway, isIntercepted } from '../../src/gateway/found-gateway.js'

const interceptor = { intercept: () => NEVER }

@WebSocketGateway({ path: '/plain' })
class Plain {
  @SubscribeMessage('answer') answer(): string { return '' }
  @SubscribeMessage('later') later(): Promise<string> { return Promise.resolve('') }
  @SubscribeMessage('ticks') feed(): Observable<number> { return NEVER }
}

@WebSocketGateway(81)
class Heir extends Plain {}

@WebSocketGateway()
@UseInterceptors(interceptor)
class Whole {}

@WebSocketGateway()
class Partly {
  @UseInterceptors(interceptor)
  @SubscribeMessage('say') say(): void {}
}

@Injectable()
class Service {}

test('every gateway of every module, and nothing else', async () => {
  class Feature {}
  Module({ providers: [Heir, { provide: 'made', useFactory: () => new Plain() }] })(Feature)
  class App {}
  Module({ imports: [Feature], providers: [Plain, Service, { provide: 'value', useValue: Whole }] })(App)
  const app = await NestFactory.createApplicationContext(App, { logger: false })
  onTestFinished(() => app.close())
  const found = findGateways(app.get(ModulesContainer, { strict: false }))
  const facts = found.map(({ type, port, options, wrapper }) => [type, port, options.path, wrapper.instance instanceof type])
  expect(facts).toHaveLength(2)
  expect(facts).toEqual(expect.arrayContaining([[Plain, 0, '/plain', true], [Heir, 81, undefined, true]]))
})

test('interceptors, of the class or of one handler', () => {
  expect([Plain, Heir, Whole, Partly].map((type) => isIntercepted({ type } as unknown as FoundGateway))).toEqual([false, false, true, true])
})

test('feeds are the handlers that are declared to return an Observable, inherited ones too', () => {
  expect([Plain, Heir, Partly].map((type) => feedsOf({ type } as unknown as FoundGateway))).toEqual([['ticks'], ['ticks'], []])
})
